using System.Globalization;

namespace Culvert.Platform.Transparency;

/// <summary>The size of a log's tree and its root: the text of a checkpoint (c2sp.org/tlog-checkpoint).</summary>
public sealed record TreeHead(string Origin, long Size, byte[] Root)
{
    /// <summary>Null when it is not a tree head. Extension lines are accepted but are not part of the head.</summary>
    public static TreeHead? Parse(string text)
    {
        var lines = text.Split('\n');
        if (
            lines.Length < 4
            || lines[0].Length == 0
            || !long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            || lines[1] != size.ToString(CultureInfo.InvariantCulture)
        )
        {
            return null;
        }

        var root = new byte[MerkleHash.Length];
        return Convert.TryFromBase64String(lines[2], root, out var length) && length == root.Length
            ? new TreeHead(lines[0], size, root)
            : null;
    }

    /// <summary>The signed text.</summary>
    public string ToText() =>
        string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Convert.ToBase64String(Root)}\n");

    public bool Equals(TreeHead? other) =>
        other is not null && Origin == other.Origin && Size == other.Size && Root.AsSpan().SequenceEqual(other.Root);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Origin, Size);
}
