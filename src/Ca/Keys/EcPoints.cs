using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Culvert.Ca.Keys;

/// <summary>
/// Converts an encoded point to a key and refuses points off the curve. These curves have cofactor 1, so that is the whole
/// check (infinity has another encoding).
/// </summary>
/// <remarks>
/// The platform's import takes about 75 µs, mostly to look up the curve. Copying a key with the curve and setting its point
/// takes about 6 µs, with the same check. Issuing imports several keys per certificate, so this determines its rate. The
/// template key belongs to an OpenSSL provider, because a legacy key, as the platform creates them, would be converted at
/// its first use, which takes another 25 µs. Where libcrypto lacks these functions, or is not the copy that the platform
/// uses (handles are shared with it), the platform's import is used.
/// </remarks>
internal static unsafe class EcPoints
{
    private const int Success = 1;

    private static readonly (KeyAlgorithm Algorithm, SafeEvpPKeyHandle Key)[] Templates = LoadTemplates();

    private static delegate* unmanaged[Cdecl]<nint, byte*, byte*, nint> newContext;
    private static delegate* unmanaged[Cdecl]<nint, void> freeContext;
    private static delegate* unmanaged[Cdecl]<nint, int> startParameters;
    private static delegate* unmanaged[Cdecl]<nint, byte*, int> setCurve;
    private static delegate* unmanaged[Cdecl]<nint, nint*, int> makeParameters;
    private static delegate* unmanaged[Cdecl]<nint> newKey;
    private static delegate* unmanaged[Cdecl]<nint, nint, int> copyParameters;
    private static delegate* unmanaged[Cdecl]<nint, byte*, nuint, int> setPoint;
    private static delegate* unmanaged[Cdecl]<void> clearErrors;

    /// <summary>Whether the fast import is available for all three curves.</summary>
    public static bool IsFast => Templates.Length == 3;

    /// <summary>Returns the public key, which the caller disposes; null when the point is not on the curve.</summary>
    /// <param name="point">Uncompressed, of the curve's length.</param>
    public static ECDsa? Import(KeyAlgorithm algorithm, ReadOnlySpan<byte> point)
    {
        foreach ((KeyAlgorithm curve, SafeEvpPKeyHandle template) in Templates)
        {
            if (curve == algorithm)
            {
                return ImportFast(template, point);
            }
        }

        return ImportManaged(algorithm, point);
    }

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

        // Clears the thread's error queue for the next caller of the library.
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

    private static (KeyAlgorithm, SafeEvpPKeyHandle)[] LoadTemplates()
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libcrypto.so.3", out nint library) || !Bind(library))
        {
            return [];
        }

        var templates = new List<(KeyAlgorithm, SafeEvpPKeyHandle)>();
        Add(KeyAlgorithm.EcdsaP256, "P-256\0"u8);
        Add(KeyAlgorithm.EcdsaP384, "P-384\0"u8);
        Add(KeyAlgorithm.EcdsaP521, "P-521\0"u8);
        return [.. templates];

        void Add(KeyAlgorithm algorithm, ReadOnlySpan<byte> curve)
        {
            if (MakeTemplate(curve) is var key and not 0)
            {
                templates.Add((algorithm, new SafeEvpPKeyHandle(key, ownsHandle: true)));
            }
        }
    }

    // Returns a key with a curve and no point; 0 when this library cannot create one.
    private static nint MakeTemplate(ReadOnlySpan<byte> curve)
    {
        nint key = 0;
        fixed (byte* type = "EC\0"u8)
        fixed (byte* name = curve)
        {
            nint context = newContext(0, type, null);
            bool isMade =
                context != 0
                && startParameters(context) == Success
                && setCurve(context, name) == Success
                && makeParameters(context, &key) == Success;
            freeContext(context);
            if (!isMade)
            {
                clearErrors();
                return 0;
            }
        }

        return key;
    }

    private static bool Bind(nint library)
    {
        if (
            !NativeLibrary.TryGetExport(library, "OpenSSL_version_num", out nint version)
            || !NativeLibrary.TryGetExport(library, "EVP_PKEY_CTX_new_from_name", out nint context)
            || !NativeLibrary.TryGetExport(library, "EVP_PKEY_CTX_free", out nint free)
            || !NativeLibrary.TryGetExport(library, "EVP_PKEY_paramgen_init", out nint start)
            || !NativeLibrary.TryGetExport(library, "EVP_PKEY_CTX_set_group_name", out nint curve)
            || !NativeLibrary.TryGetExport(library, "EVP_PKEY_paramgen", out nint make)
            || !NativeLibrary.TryGetExport(library, "EVP_PKEY_new", out nint create)
            || !NativeLibrary.TryGetExport(library, "EVP_PKEY_copy_parameters", out nint copy)
            || !NativeLibrary.TryGetExport(library, "EVP_PKEY_set1_encoded_public_key", out nint set)
            || !NativeLibrary.TryGetExport(library, "ERR_clear_error", out nint clear)
            || ((delegate* unmanaged[Cdecl]<ulong>)version)() != (ulong)SafeEvpPKeyHandle.OpenSslVersion
        )
        {
            return false;
        }

        newContext = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, nint>)context;
        freeContext = (delegate* unmanaged[Cdecl]<nint, void>)free;
        startParameters = (delegate* unmanaged[Cdecl]<nint, int>)start;
        setCurve = (delegate* unmanaged[Cdecl]<nint, byte*, int>)curve;
        makeParameters = (delegate* unmanaged[Cdecl]<nint, nint*, int>)make;
        newKey = (delegate* unmanaged[Cdecl]<nint>)create;
        copyParameters = (delegate* unmanaged[Cdecl]<nint, nint, int>)copy;
        setPoint = (delegate* unmanaged[Cdecl]<nint, byte*, nuint, int>)set;
        clearErrors = (delegate* unmanaged[Cdecl]<void>)clear;
        return true;
    }
}
