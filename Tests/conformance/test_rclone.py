"""rclone from the distribution, through sas_url."""

import os
import shutil
import subprocess
from datetime import datetime, timedelta, timezone

import pytest
from azure.storage.blob import ContainerSasPermissions, generate_container_sas

pytestmark = pytest.mark.skipif(shutil.which("rclone") is None, reason="rclone is not installed")


def test_copy_check_and_list(emulator, container, tmp_path):
    source = tmp_path / "source"
    for name, size in [("a.json", 10), ("folder/b c.bin", 300_000), ("folder/deep/c.bin", 9 << 20)]:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(os.urandom(size))
    token = generate_container_sas(
        emulator.account, container.container_name, emulator.key,
        permission=ContainerSasPermissions(read=True, list=True, write=True, create=True, delete=True),
        expiry=datetime.now(timezone.utc) + timedelta(hours=1))
    environment = {
        **os.environ,
        "RCLONE_CONFIG": str(tmp_path / "rclone.conf"),
        "RCLONE_CONFIG_EMU_TYPE": "azureblob",
        "RCLONE_CONFIG_EMU_SAS_URL": f"{container.url}?{token}",
    }
    remote = f"emu:{container.container_name}"

    def rclone(*arguments):
        return subprocess.run(
            ["rclone", "--retries", "1", "--azureblob-chunk-size", "4M", *arguments],
            env=environment, capture_output=True, text=True, timeout=120, check=True,
        )

    rclone("copy", str(source), remote)
    rclone("check", str(source), remote)
    listed = rclone("lsf", "-R", "--files-only", remote).stdout.splitlines()
    assert sorted(listed) == ["a.json", "folder/b c.bin", "folder/deep/c.bin"]
    rclone("copy", remote, str(tmp_path / "back"))
    rclone("check", str(source), str(tmp_path / "back"))
    (source / "a.json").write_bytes(b"changed")
    with pytest.raises(subprocess.CalledProcessError):
        rclone("check", str(source), remote)
