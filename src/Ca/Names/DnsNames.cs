namespace Culvert.Ca.Names;

/// <summary>Validates DNS names in certificates: RFC 5280 §4.2.1.6, preferred name syntax of RFC 1034 §3.5.</summary>
public static class DnsNames
{
    private const int MaxNameOctets = 253;
    private const int MaxLabelOctets = 63;

    /// <summary>
    /// True for a host name, or <c>*.</c> followed by a name of at least two labels. It refuses trailing dots, empty labels,
    /// underscores, non-ASCII characters, IPv4 literals and a wildcard for a whole top-level domain.
    /// </summary>
    public static bool IsValid(string name)
    {
        if (name.Length is 0 or > MaxNameOctets)
        {
            return false;
        }

        string[] labels = name.Split('.');
        bool wildcard = labels[0] == "*";
        int first = wildcard ? 1 : 0;
        if (wildcard && labels.Length < 3)
        {
            return false;
        }

        for (int i = first; i < labels.Length; i++)
        {
            if (!IsLabel(labels[i]))
            {
                return false;
            }
        }

        // URL parsers read a name whose last label is numeric as an address.
        return !labels[^1].All(char.IsAsciiDigit);
    }

    public static bool IsWildcard(string name) => name.StartsWith("*.", StringComparison.Ordinal);

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= MaxLabelOctets
        && label[0] != '-'
        && label[^1] != '-'
        && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
