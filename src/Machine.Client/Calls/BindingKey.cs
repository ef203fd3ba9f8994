using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Culvert.Jose.Keys;
using Culvert.Jose.Proofs;
using Culvert.Platform.Secrets;

namespace Culvert.Machine.Client.Calls;

/// <summary>The key that access tokens are bound to (RFC 9449), with the last nonce of each server.</summary>
public sealed class BindingKey
{
    private const string FileName = "binding.pem";

    private readonly DpopProofSigner signer;
    private readonly ConcurrentDictionary<string, string> nonces = new(StringComparer.Ordinal);

    private BindingKey(SigningKey key) => signer = new DpopProofSigner(key);

    /// <summary>RFC 7638 thumbprint of the public key.</summary>
    public string Thumbprint => signer.Thumbprint;

    /// <summary>A key that lives as long as the process.</summary>
    public static BindingKey Create() => new(SigningKey.Create());

    /// <summary>
    /// The key of a folder, created on first use and shared with the user's other processes. If the folder cannot be
    /// used, the key lives as long as the process.
    /// </summary>
    public static BindingKey LoadOrCreate(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            if (!File.Exists(path))
            {
                Store(folder, path);
            }

            return new BindingKey(Import(PrivateFile.ReadText(path)));
        }
        catch (Exception e)
            when (e
                    is IOException
                        or UnauthorizedAccessException
                        or SecretUnavailableException
                        or CryptographicException
            )
        {
            return Create();
        }
    }

    public string Prove(string method, Uri target, DateTimeOffset now, string? accessToken) =>
        signer.Sign(method, target, now, nonces.GetValueOrDefault(target.Authority), accessToken);

    /// <summary>Stores a server's nonce (RFC 9449 §8).</summary>
    /// <returns>Whether it differs from the previous nonce.</returns>
    public bool Remember(Uri target, string nonce)
    {
        var known = nonces.GetValueOrDefault(target.Authority);
        nonces[target.Authority] = nonce;
        return known != nonce;
    }

    // The first writer wins; the others read its file.
    private static void Store(string folder, string path)
    {
        Directory.CreateDirectory(folder, PrivateFile.FolderMode);
        var next = Path.Combine(folder, $"{FileName}.{RandomNumberGenerator.GetHexString(16)}");
        using (var key = SigningKey.Create())
        {
            var pkcs8 = key.ExportPkcs8();
            PrivateFile.WriteNew(next, Encoding.ASCII.GetBytes(PemEncoding.WriteString("PRIVATE KEY", pkcs8)));
            CryptographicOperations.ZeroMemory(pkcs8);
        }

        try
        {
            PosixFile.RenameNew(next, path);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(next);
        }
    }

    private static SigningKey Import(string pem)
    {
        if (!PemEncoding.TryFind(pem, out var fields))
        {
            throw new CryptographicException("No PEM in the file of the binding key.");
        }

        var pkcs8 = Convert.FromBase64String(pem[fields.Base64Data]);
        try
        {
            return SigningKey.ImportPkcs8(pkcs8);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }
}
