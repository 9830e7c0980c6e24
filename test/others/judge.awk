# Judges what changes.sql had done: prints what is wrong and, last, "NUMBER of NUMBER"; those that the server refused are not counted.
function finish()
{
	if (name == "" || (refused && rows == "") || judged == wanted)
		return
	judged++
	# "rows:3 right:1 blamed:3 roots:...": the change itself is told, and every row names its ledger row.
	split(rows, field, /[ :]/)
	if (field[4] > 0 && field[6] == field[2] && unseen == "unseen:0")
		right++
	else
		print name ": " rows " " unseen
}
/^case / { finish(); name = substr($0, 6); rows = ""; unseen = ""; refused = 0; next }
/^rows:/ { rows = $0; next }
/^unseen:/ { unseen = $0; next }
/ERROR:/ { refused = 1 }
END { finish(); print right + 0 " of " judged + 0 }
