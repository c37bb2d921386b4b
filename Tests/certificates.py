"""Certificates of an application, as somebody who registers one makes them."""

import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

HOUR = datetime.timedelta(hours=1)


def write(folder, name, ends=HOUR, password=None):
    """Writes NAME.pem with key and certificate and NAME.crt with the certificate alone; returns their paths."""
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - 2 * HOUR).not_valid_after(now + ends)
        .sign(key, hashes.SHA256()))
    cipher = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, cipher)
    public = certificate.public_bytes(serialization.Encoding.PEM)
    (folder / f"{name}.pem").write_bytes(private + public)
    (folder / f"{name}.crt").write_bytes(public)
    return str(folder / f"{name}.pem"), str(folder / f"{name}.crt")
