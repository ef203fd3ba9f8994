namespace Culvert.Ca.Names;

/// <summary>What counts as a DNS name in a certificate: RFC 5280 §4.2.1.6 with the preferred name syntax of RFC 1034 §3.5.</summary>
public static class DnsNames
{
    private const int MaxNameOctets = 253;
    private const int MaxLabelOctets = 63;

    /// <summary>
    /// True for a host name, or <c>*.</c> followed by one of at least two labels. Refused are trailing dots, empty labels, underscores, anything not ASCII, IPv4 literals and a wildcard over a whole
    /// top-level domain.
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

        // A name whose last label is numeric is read as an address by URL parsers.
        return !labels[^1].All(char.IsAsciiDigit);
    }

    /// <summary>True when the first label is the wildcard.</summary>
    public static bool IsWildcard(string name) => name.StartsWith("*.", StringComparison.Ordinal);

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= MaxLabelOctets
        && label[0] != '-'
        && label[^1] != '-'
        && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
