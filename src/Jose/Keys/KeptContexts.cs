using System.Formats.Asn1;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Culvert.Jose.Algorithms;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Jose.Keys;

/// <summary>
/// Cached OpenSSL 3 operations of one key. The platform creates one per signature, which takes a third of the time of a
/// verification. Shared by all threads, while each operation is used by one thread at a time. Library, key and calls are
/// those of the platform.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class KeptContexts : IDisposable
{
    private const string Library = "libcrypto.so.3";
    private const int Pkcs1Padding = 1;
    private const int P256Bytes = 32;

    // SEQUENCE of two INTEGERs of at most 33 bytes.
    private const int MaxDerBytes = 2 + (2 * (2 + P256Bytes + 1));

    private readonly SafeEvpPKeyHandle key;
    private readonly bool signs;
    private readonly bool isRsa;

    // Operations that no thread is using.
    private readonly Context?[] idle = new Context?[Environment.ProcessorCount];
    private volatile bool isDisposed;

    private KeptContexts(SafeEvpPKeyHandle key, bool signs, bool isRsa)
    {
        this.key = key;
        this.signs = signs;
        this.isRsa = isRsa;
    }

    /// <summary>For verifying RS256 and ES256; null: use the platform's own implementation.</summary>
    public static KeptContexts? TryCreate(JwsAlgorithm algorithm, AsymmetricAlgorithm key)
    {
        switch (algorithm, key)
        {
            case (JwsAlgorithm.RS256, RSA rsa):
            {
                using var own = new RSAOpenSsl(rsa.ExportParameters(includePrivateParameters: false));
                return TryCreate(own.DuplicateKeyHandle(), signs: false, isRsa: true);
            }

            case (JwsAlgorithm.ES256, ECDsa ecdsa):
            {
                using var own = new ECDsaOpenSsl();
                own.ImportParameters(ecdsa.ExportParameters(includePrivateParameters: false));
                return TryCreate(own.DuplicateKeyHandle(), signs: false, isRsa: false);
            }

            default:
                return null;
        }
    }

    /// <summary>For signing with ES256; null: use the platform's own implementation.</summary>
    public static KeptContexts? TryCreate(ECDsaOpenSsl key) =>
        TryCreate(key.DuplicateKeyHandle(), signs: true, isRsa: false);

    /// <param name="hash">SHA-256 of what was signed.</param>
    /// <param name="signature">In JWS form (RFC 7518 §3.3, §3.4).</param>
    public bool Verify(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        scoped ReadOnlySpan<byte> encoded = signature;
        Span<byte> der = stackalloc byte[MaxDerBytes];
        if (!isRsa)
        {
            encoded = der[..EncodeDer(signature, der)];
        }

        var context = Rent();
        var isGood =
            Verify(
                context,
                in MemoryMarshal.GetReference(encoded),
                (nuint)encoded.Length,
                in MemoryMarshal.GetReference(hash),
                (nuint)hash.Length
            ) == 1;
        if (!isGood)
        {
            ClearErrors(); // errors left in the queue would be attributed to the next operation
        }

        Return(context);
        return isGood;
    }

    /// <param name="hash">SHA-256 of what is to be signed.</param>
    /// <param name="signature">Receives r and s of 32 bytes each (RFC 7518 §3.4).</param>
    /// <exception cref="CryptographicException">OpenSSL failed to sign.</exception>
    public void Sign(ReadOnlySpan<byte> hash, Span<byte> signature)
    {
        Span<byte> der = stackalloc byte[MaxDerBytes];
        var length = (nuint)der.Length;
        var context = Rent();
        var result = Sign(
            context,
            ref MemoryMarshal.GetReference(der),
            ref length,
            in MemoryMarshal.GetReference(hash),
            (nuint)hash.Length
        );
        if (result != 1)
        {
            ClearErrors();
            context.Dispose();
            throw new CryptographicException("OpenSSL could not sign.");
        }

        Return(context);
        DecodeDer(der[..(int)length], signature);
    }

    public void Dispose()
    {
        isDisposed = true;
        for (var i = 0; i < idle.Length; i++)
        {
            Interlocked.Exchange(ref idle[i], null)?.Dispose();
        }

        key.Dispose();
    }

    private static KeptContexts? TryCreate(SafeEvpPKeyHandle key, bool signs, bool isRsa)
    {
        KeptContexts? made = null;
        try
        {
            if (!IsSameLibrary())
            {
                return null;
            }

            var contexts = new KeptContexts(key, signs, isRsa);
            if (contexts.Create() is { } first)
            {
                contexts.Return(first);
                made = contexts;
            }

            return made;
        }
        finally
        {
            if (made is null)
            {
                key.Dispose();
            }
        }
    }

    // A key handle of one copy of OpenSSL is invalid in another.
    private static bool IsSameLibrary()
    {
        try
        {
            return SafeEvpPKeyHandle.OpenSslVersion is >= 0x3000_0000L and var version && (long)GetVersion() == version;
        }
        catch (Exception e)
            when (e is DllNotFoundException or EntryPointNotFoundException or PlatformNotSupportedException)
        {
            return false;
        }
    }

    private Context Rent()
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        for (var i = 0; i < idle.Length; i++)
        {
            if (idle[i] is not null && Interlocked.Exchange(ref idle[i], null) is { } context)
            {
                return context;
            }
        }

        return Create() ?? throw new CryptographicException("OpenSSL could not prepare the key.");
    }

    private void Return(Context context)
    {
        for (var i = 0; i < idle.Length && !isDisposed; i++)
        {
            if (idle[i] is null && Interlocked.CompareExchange(ref idle[i], context, null) is null)
            {
                return;
            }
        }

        context.Dispose();
    }

    private Context? Create()
    {
        var context = New(key, 0);
        var isReady =
            !context.IsInvalid
            && (signs ? InitSign(context) : InitVerify(context)) == 1
            && (!isRsa || SetPadding(context, Pkcs1Padding) == 1)
            && SetDigest(context, Sha256()) == 1;
        if (isReady)
        {
            return context;
        }

        ClearErrors();
        context.Dispose();
        return null;
    }

    // SEQUENCE { INTEGER r, INTEGER s } (RFC 3279 §2.2.3).
    private static int EncodeDer(ReadOnlySpan<byte> signature, Span<byte> der)
    {
        var end = EncodeInteger(signature[..P256Bytes], der, 2);
        end = EncodeInteger(signature[P256Bytes..], der, end);
        (der[0], der[1]) = (0x30, (byte)(end - 2));
        return end;
    }

    private static int EncodeInteger(ReadOnlySpan<byte> value, Span<byte> der, int at)
    {
        var digits = value.TrimStart((byte)0);
        digits = digits.IsEmpty ? value[^1..] : digits;
        var sign = digits[0] >> 7; // a set first bit would make it negative
        (der[at], der[at + 1]) = (0x02, (byte)(digits.Length + sign));
        der[at + 2] = 0;
        digits.CopyTo(der[(at + 2 + sign)..]);
        return at + 2 + sign + digits.Length;
    }

    private static void DecodeDer(ReadOnlySpan<byte> der, Span<byte> signature)
    {
        AsnDecoder.ReadSequence(der, AsnEncodingRules.DER, out var offset, out var length, out _);
        var content = der.Slice(offset, length);
        signature.Clear();
        var consumed = DecodeInteger(content, signature[..P256Bytes]);
        DecodeInteger(content[consumed..], signature[P256Bytes..]);
    }

    // Right-aligns the integer in value and returns the bytes consumed.
    private static int DecodeInteger(ReadOnlySpan<byte> der, Span<byte> value)
    {
        var digits = AsnDecoder.ReadIntegerBytes(der, AsnEncodingRules.DER, out var consumed).TrimStart((byte)0);
        digits.CopyTo(value[(P256Bytes - digits.Length)..]);
        return consumed;
    }

    [DllImport(Library, EntryPoint = "OpenSSL_version_num")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nuint GetVersion();

    [DllImport(Library, EntryPoint = "ERR_clear_error")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void ClearErrors();

    [DllImport(Library, EntryPoint = "EVP_sha256")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Sha256();

    [DllImport(Library, EntryPoint = "EVP_PKEY_CTX_new")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern Context New(SafeEvpPKeyHandle key, nint engine);

    [DllImport(Library, EntryPoint = "EVP_PKEY_CTX_free")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void Free(nint context);

    [DllImport(Library, EntryPoint = "EVP_PKEY_sign_init")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int InitSign(Context context);

    [DllImport(Library, EntryPoint = "EVP_PKEY_verify_init")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int InitVerify(Context context);

    [DllImport(Library, EntryPoint = "EVP_PKEY_CTX_set_rsa_padding")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPadding(Context context, int padding);

    [DllImport(Library, EntryPoint = "EVP_PKEY_CTX_set_signature_md")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetDigest(Context context, nint digest);

    [DllImport(Library, EntryPoint = "EVP_PKEY_sign")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sign(
        Context context,
        ref byte signature,
        ref nuint signatureBytes,
        in byte hash,
        nuint hashBytes
    );

    [DllImport(Library, EntryPoint = "EVP_PKEY_verify")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Verify(
        Context context,
        in byte signature,
        nuint signatureBytes,
        in byte hash,
        nuint hashBytes
    );

    private sealed class Context() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle()
        {
            Free(handle);
            return true;
        }
    }
}
