namespace Culvert.Platform.Transparency;

/// <summary>Text, with its last line break, and at least one signature (c2sp.org/signed-note).</summary>
public sealed record SignedNote(string Text, IReadOnlyList<NoteSignature> Signatures)
{
    /// <summary>Far above the size of a tree head with its signatures.</summary>
    public const int MaxCharacters = 64 * 1024;

    private const int MaxSignatures = 32;

    /// <summary>Parses a note; null when it is not a signed note. No signature is verified.</summary>
    public static SignedNote? Parse(string note)
    {
        // The last empty line separates text and signatures.
        var end = note.Length <= MaxCharacters ? note.LastIndexOf("\n\n", StringComparison.Ordinal) : -1;
        if (end < 0 || end + 2 == note.Length || note[^1] != '\n' || note.Any(c => c < ' ' && c != '\n'))
        {
            return null;
        }

        var signatures = note[(end + 2)..^1].Split('\n').Select(NoteSignature.Parse).ToList();
        return signatures.Count <= MaxSignatures && !signatures.Contains(null)
            ? new SignedNote(note[..(end + 1)], [.. signatures.OfType<NoteSignature>()])
            : null;
    }

    /// <summary>The published form.</summary>
    public override string ToString() => Text + "\n" + string.Concat(Signatures.Select(one => one + "\n"));
}
