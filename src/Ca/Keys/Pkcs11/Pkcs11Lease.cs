namespace Culvert.Ca.Keys.Pkcs11;

/// <summary>A session for one thread at a time, with the key handles that it has found.</summary>
internal sealed class Pkcs11Lease(Pkcs11Library library, ulong session, string tokenLabel)
{
    private readonly Dictionary<string, ulong> keys = new(StringComparer.Ordinal);

    public Pkcs11Library Library { get; } = library;

    public ulong Session { get; } = session;

    /// <exception cref="Pkcs11Exception">There is not exactly one such key.</exception>
    public ulong FindKey(string label, IReadOnlyList<Pkcs11Attribute> template)
    {
        if (keys.TryGetValue(label, out var known))
        {
            return known;
        }

        var found = Library.Find(Session, template);
        if (found.Length == 1)
        {
            return keys[label] = found[0];
        }

        // A session with a removed token finds no objects and reports no error.
        Library.RequireToken(tokenLabel);
        throw new Pkcs11Exception($"The token has no private key labelled {label}.");
    }
}
