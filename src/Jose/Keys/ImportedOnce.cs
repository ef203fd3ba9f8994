using System.Security.Cryptography;

namespace Culvert.Jose.Keys;

/// <summary>
/// A key that is imported when it is first verified with, and then shared by all threads. An issuer publishes more keys
/// than it signs with, and what the cryptographic library keeps of each is ten times the key.
/// </summary>
/// <typeparam name="T">The platform's key.</typeparam>
internal sealed class ImportedOnce<T>
    where T : AsymmetricAlgorithm
{
    private readonly Func<T> import;
    private T? imported;

    private ImportedOnce(Func<T> import) => this.import = import;

    /// <summary>Null = the platform refuses the key.</summary>
    /// <param name="import">Makes the platform's key; called once here to see whether it can.</param>
    /// <param name="isUsedNow">The key will be used at once: then that first import is the one.</param>
    public static ImportedOnce<T>? Of(Func<T> import, bool isUsedNow)
    {
        try
        {
            var first = import();
            var key = new ImportedOnce<T>(import);
            if (isUsedNow)
            {
                key.imported = first;
            }
            else
            {
                first.Dispose();
            }

            return key;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>A key that somebody has imported.</summary>
    public static ImportedOnce<T> Of(T key) => new(() => key) { imported = key };

    public T Value => Volatile.Read(ref imported) ?? Import();

    private T Import()
    {
        var mine = import();
        if (Interlocked.CompareExchange(ref imported, mine, null) is not { } first)
        {
            return mine;
        }

        mine.Dispose();
        return first;
    }
}
