print("logexport")
