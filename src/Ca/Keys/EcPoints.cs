using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Culvert.Ca.Keys;

/// <summary>
/// Turns an encoded point into a key. A point that is not on its curve is refused; these curves have cofactor 1, so
/// being on the curve (and not at infinity, which has another encoding) is the whole check.
/// </summary>
/// <remarks>
/// The platform's import takes about 75 µs, most of it to look up the curve again. Copying the curve from a key that
/// has it and setting the point takes about 3 µs and makes the same check. Issuing imports several keys per certificate,
/// so this decides its rate. Where libcrypto has not the two functions, or is not the very library that the platform
/// uses (handles are shared with it), the platform's import stays.
/// </remarks>
internal static unsafe class EcPoints
{
    private const int Success = 1;

    private static readonly (KeyAlgorithm Algorithm, ECDsaOpenSsl Key, SafeEvpPKeyHandle Handle)[] Templates =
        LoadTemplates();

    private static delegate* unmanaged[Cdecl]<nint> newKey;
    private static delegate* unmanaged[Cdecl]<nint, nint, int> copyParameters;
    private static delegate* unmanaged[Cdecl]<nint, byte*, nuint, int> setPoint;
    private static delegate* unmanaged[Cdecl]<void> clearErrors;

    /// <summary>Whether points are imported the short way.</summary>
    public static bool IsFast => Templates.Length > 0;

    /// <summary>The public key; null when the point is not on the curve. The caller disposes it.</summary>
    /// <param name="algorithm">One of the three curves.</param>
    /// <param name="point">Uncompressed, of the curve's length.</param>
    public static ECDsa? Import(KeyAlgorithm algorithm, ReadOnlySpan<byte> point)
    {
        foreach ((KeyAlgorithm curve, _, SafeEvpPKeyHandle template) in Templates)
        {
            if (curve == algorithm)
            {
                return ImportFast(template, point);
            }
        }

        return ImportManaged(algorithm, point);
    }

    /// <summary>The same by the platform's own means.</summary>
    internal static ECDsa? ImportManaged(KeyAlgorithm algorithm, ReadOnlySpan<byte> point)
    {
        int coordinate = (point.Length - 1) / 2;
        ECDsa key = ECDsa.Create();
        try
        {
            key.ImportParameters(
                new ECParameters
                {
                    Curve = ToCurve(algorithm),
                    Q = new ECPoint
                    {
                        X = point.Slice(1, coordinate).ToArray(),
                        Y = point[(1 + coordinate)..].ToArray(),
                    },
                }
            );
            return key;
        }
        catch (CryptographicException)
        {
            key.Dispose();
            return null;
        }
    }

    private static ECDsaOpenSsl? ImportFast(SafeEvpPKeyHandle template, ReadOnlySpan<byte> point)
    {
        nint key = newKey();
        if (key == 0)
        {
            throw new CryptographicException("No memory for a key.");
        }

        using var handle = new SafeEvpPKeyHandle(key, ownsHandle: true);
        fixed (byte* octets = point)
        {
            if (
                copyParameters(key, template.DangerousGetHandle()) == Success
                && setPoint(key, octets, (nuint)point.Length) == Success
            )
            {
                return new ECDsaOpenSsl(handle);
            }
        }

        // The thread's error queue must not be found by the next caller of the library.
        clearErrors();
        return null;
    }

    private static ECCurve ToCurve(KeyAlgorithm algorithm) =>
        algorithm switch
        {
            KeyAlgorithm.EcdsaP256 => ECCurve.NamedCurves.nistP256,
            KeyAlgorithm.EcdsaP384 => ECCurve.NamedCurves.nistP384,
            KeyAlgorithm.EcdsaP521 => ECCurve.NamedCurves.nistP521,
            _ => throw new ArgumentOutOfRangeException(nameof(algorithm)),
        };

    private static (KeyAlgorithm, ECDsaOpenSsl, SafeEvpPKeyHandle)[] LoadTemplates()
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libcrypto.so.3", out nint library) || !Bind(library))
        {
            return [];
        }

        var templates = new (KeyAlgorithm, ECDsaOpenSsl, SafeEvpPKeyHandle)[3];
        KeyAlgorithm[] curves = [KeyAlgorithm.EcdsaP256, KeyAlgorithm.EcdsaP384, KeyAlgorithm.EcdsaP521];
        for (int i = 0; i < curves.Length; i++)
        {
            var key = new ECDsaOpenSsl(ToCurve(curves[i]));
            templates[i] = (curves[i], key, key.DuplicateKeyHandle());
        }

        return templates;
    }

    private static bool Bind(nint library)
    {
        if (
            !NativeLibrary.TryGetExport(library, "OpenSSL_version_num", out nint version)
            || !NativeLibrary.TryGetExport(library, "EVP_PKEY_new", out nint create)
            || !NativeLibrary.TryGetExport(library, "EVP_PKEY_copy_parameters", out nint copy)
            || !NativeLibrary.TryGetExport(library, "EVP_PKEY_set1_encoded_public_key", out nint set)
            || !NativeLibrary.TryGetExport(library, "ERR_clear_error", out nint clear)
            || ((delegate* unmanaged[Cdecl]<ulong>)version)() != (ulong)SafeEvpPKeyHandle.OpenSslVersion
        )
        {
            return false;
        }

        newKey = (delegate* unmanaged[Cdecl]<nint>)create;
        copyParameters = (delegate* unmanaged[Cdecl]<nint, nint, int>)copy;
        setPoint = (delegate* unmanaged[Cdecl]<nint, byte*, nuint, int>)set;
        clearErrors = (delegate* unmanaged[Cdecl]<void>)clear;
        return true;
    }
}
