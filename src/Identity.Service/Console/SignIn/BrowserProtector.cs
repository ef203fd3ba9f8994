using System.Security.Cryptography;
using Culvert.Identity.Service.Console.Sessions;
using Microsoft.AspNetCore.DataProtection;

namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>
/// Protects the OpenID Connect handler's values in the browser: <c>state</c> with the PKCE verifier, and the nonce.
/// AES-256-GCM with a key derived from the browser's cookie: no other browser can open them, every node can, and no node
/// stores anything.
/// </summary>
internal sealed class BrowserProtector(ConsoleCookie browser, string purpose) : IDataProtector
{
    // NIST SP 800-38D §5.2.1.1. Each cookie protects only a few values, so a random nonce does not repeat (§8.2.2).
    private static readonly int NonceBytes = AesGcm.NonceByteSizes.MaxSize;
    private static readonly int TagBytes = AesGcm.TagByteSizes.MaxSize;

    public IDataProtector CreateProtector(string purpose) => new BrowserProtector(browser, purpose);

    public byte[] Protect(byte[] plaintext)
    {
        var box = new byte[NonceBytes + TagBytes + plaintext.Length];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceBytes));
        using var cipher = NewCipher();
        cipher.Encrypt(
            box.AsSpan(0, NonceBytes),
            plaintext,
            box.AsSpan(NonceBytes + TagBytes),
            box.AsSpan(NonceBytes, TagBytes)
        );
        return box;
    }

    /// <exception cref="CryptographicException">It was protected for another browser or purpose, or has changed.</exception>
    public byte[] Unprotect(byte[] protectedData)
    {
        if (protectedData.Length < NonceBytes + TagBytes)
        {
            throw new CryptographicException("The protected value is too short.");
        }

        var plain = new byte[protectedData.Length - NonceBytes - TagBytes];
        using var cipher = NewCipher();
        cipher.Decrypt(
            protectedData.AsSpan(0, NonceBytes),
            protectedData.AsSpan(NonceBytes + TagBytes),
            protectedData.AsSpan(NonceBytes, TagBytes),
            plain
        );
        return plain;
    }

    private AesGcm NewCipher() => new(browser.DeriveKey($"protect {purpose}"), TagBytes);
}
