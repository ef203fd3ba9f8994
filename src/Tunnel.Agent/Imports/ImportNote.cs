using Culvert.Platform.Configuration;

namespace Culvert.Tunnel.Agent.Imports;

/// <summary>
/// A line for the operator about an imported key. It contains names and paths, and no value of the file.
/// </summary>
/// <param name="Place">The place of the key; null if the line is about a key of the new file.</param>
/// <param name="Key">The full key, in the imported file or, without a place, in the new one.</param>
/// <param name="Kind">What the line reports.</param>
/// <param name="Text">One or more sentences.</param>
internal sealed record ImportNote(ConfigSource? Place, string Key, ImportNoteKind Kind, string Text)
{
    public override string ToString()
    {
        var kind = Kind switch
        {
            ImportNoteKind.NoEqual => "no equal",
            ImportNoteKind.Changed => "changed",
            _ => "to do",
        };
        var place = Place is null ? "" : $"{Place}: ";
        return $"{kind}: {place}{ConfigText.Printable(Key, int.MaxValue)}: {Text}";
    }
}
