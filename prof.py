import sys, os
sys.path.insert(0,'/work/main/Tests/bench')
from services import *
from exporting import Contest, TABLE
import subprocess, time
B='/work/main/.build/release'
kind=sys.argv[1]; rows={'s':229187,'l':54526}[kind]
with source(f"{TABLE}=/tmp/x/{kind}.json:{rows}") as ready, emulator(B) as sink:
    spec=write_spec('/tmp/x','p',ready['url'],sink['blob_url'],[TABLE])
    subprocess.run(['perf','record','-g','-F','2000','-o',f'/tmp/x/perf.{kind}',f'{B}/logexport','apply','--auto-approve','--progress','none','-f',spec],check=True)
