#pragma once
#include <curl/curl.h>

// curl_easy_setopt and its kin are variadic, which Swift cannot call: one
// function for each type of argument.

static inline CURLcode curl_set_long(CURL *easy, CURLoption option, long value) {
  return curl_easy_setopt(easy, option, value);
}
static inline CURLMcode curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}
static inline CURLcode curl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(easy, option, value);
}
static inline CURLcode curl_set_text(CURL *easy, CURLoption option, const char *value) {
  return curl_easy_setopt(easy, option, value);
}
static inline CURLcode curl_set_pointer(CURL *easy, CURLoption option, void *value) {
  return curl_easy_setopt(easy, option, value);
}

typedef size_t (*curl_data_function)(char *, size_t, size_t, void *);

static inline CURLcode curl_set_function(CURL *easy, CURLoption option, curl_data_function value) {
  return curl_easy_setopt(easy, option, value);
}

typedef int (*curl_seek_function)(void *, curl_off_t, int);

static inline CURLcode curl_set_seek_function(CURL *easy, curl_seek_function value) {
  return curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, value);
}
static inline CURLcode curl_get_pointer(CURL *easy, CURLINFO info, void **value) {
  return curl_easy_getinfo(easy, info, value);
}
static inline CURLcode curl_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
  return curl_easy_getinfo(easy, info, value);
}
static inline CURLcode curl_get_long(CURL *easy, CURLINFO info, long *value) {
  return curl_easy_getinfo(easy, info, value);
}
static inline CURLcode curl_message_result(const CURLMsg *message) { return message->data.result; }
static inline size_t curl_writefunc_pause(void) { return CURL_WRITEFUNC_PAUSE; }
// CURLVERSION_NOW is a macro of a macro, which Swift does not see.
static inline unsigned int curl_version_number(void) { return curl_version_info(CURLVERSION_NOW)->version_num; }
