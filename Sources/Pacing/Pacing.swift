// Backoff, RateLimiter, Gate
