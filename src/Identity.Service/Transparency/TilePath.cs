using System.Globalization;

namespace Culvert.Identity.Service.Transparency;

/// <summary>
/// A tile in a path, in the format of c2sp.org/tlog-tiles: <c>x001/x234/067</c> is tile 1234067, and the suffix <c>.p/8</c>
/// means its first 8 hashes.
/// </summary>
internal readonly record struct TilePath(long Number, int Width)
{
    private const string Partial = ".p";
    private const int Digits = 3;
    private const int MaxParts = 5;

    public static TilePath? Parse(string path)
    {
        var parts = path.Split('/').ToList();
        var width = Tree.Tile.Width;
        if (parts.Count > 1 && parts[^2].EndsWith(Partial, StringComparison.Ordinal))
        {
            if (
                !int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out width)
                || width is < 1 or >= Tree.Tile.Width
                || parts[^1][0] == '0'
            )
            {
                return null;
            }

            parts.RemoveAt(parts.Count - 1);
            parts[^1] = parts[^1][..^Partial.Length];
        }

        long number = 0;
        for (var i = 0; i < parts.Count; i++)
        {
            var isLast = i == parts.Count - 1;
            var digits = !isLast && parts[i].StartsWith('x') ? parts[i][1..] : parts[i];
            if (
                parts.Count > MaxParts
                || (!isLast && parts[i] == digits)
                || digits.Length != Digits
                || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                || (i == 0 && !isLast && value == 0)
            )
            {
                return null;
            }

            number = (number * 1000) + value;
        }

        return new TilePath(number, width);
    }
}
