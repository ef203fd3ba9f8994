using System.Runtime.InteropServices;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.LowLevelAPI80;

namespace Culvert.Ca.Keys.Pkcs11;

/// <summary>
/// The few functions of a PKCS#11 v2.40 library that are needed: log in, generate, find, inspect and destroy keys, and sign.
/// Pkcs11Interop makes the calls; this class selects the token, limits results and interprets errors.
/// </summary>
#pragma warning disable CA1001 // Never disposed of, on purpose: see the field.
internal sealed class Pkcs11Library
#pragma warning restore CA1001
{
    private const int MaxAttributeBytes = 16 * 1024;

    // RSA with 8192 bits.
    private const int MaxSignatureBytes = 1024;

    // CK_TOKEN_INFO (§3.2): padded with blanks.
    private const int LabelBytes = 32;

    // C_Initialize in several threads at once is undefined (§5.4).
    private static readonly Lock Initializing = new();

    // Never disposed: a library in which a thread hangs must not be unloaded.
    private readonly Net.Pkcs11Interop.LowLevelAPI80.Pkcs11Library library;

    // Systems without development packages lack the unversioned library name that Pkcs11Interop loads.
    static Pkcs11Library() =>
        NativeLibrary.SetDllImportResolver(
            typeof(CKR).Assembly,
            static (name, _, _) => name == "libdl" ? NativeLibrary.Load("libdl.so.2") : 0
        );

    public Pkcs11Library(string modulePath)
    {
        library = new Net.Pkcs11Interop.LowLevelAPI80.Pkcs11Library(modulePath);
        lock (Initializing)
        {
            var result = library.C_Initialize(new CK_C_INITIALIZE_ARGS { Flags = CKF.CKF_OS_LOCKING_OK });
            if (result is not (CKR.CKR_OK or CKR.CKR_CRYPTOKI_ALREADY_INITIALIZED))
            {
                throw new Pkcs11Exception("C_Initialize", result);
            }
        }
    }

    public ulong OpenSession(string tokenLabel)
    {
        var session = 0UL;
        Check(
            "C_OpenSession",
            library.C_OpenSession(
                FindSlot(tokenLabel),
                CKF.CKF_SERIAL_SESSION | CKF.CKF_RW_SESSION,
                application: 0,
                notify: 0,
                ref session
            )
        );
        return session;
    }

    /// <summary>Closes every session of this process. No other thread may be inside the library (§5.4).</summary>
    public void Terminate() => Check("C_Finalize", library.C_Finalize(0));

    /// <exception cref="Pkcs11Exception">The token is gone.</exception>
    public void RequireToken(string tokenLabel) => FindSlot(tokenLabel);

    /// <summary>Best effort: the session may be closed already.</summary>
    public void CloseSession(ulong session) => library.C_CloseSession(session);

    /// <summary>Whether the token signs with the mechanism (§3.2, CKF_SIGN).</summary>
    public bool CanSign(string tokenLabel, CKM mechanism)
    {
        var info = default(CK_MECHANISM_INFO);
        var result = library.C_GetMechanismInfo(FindSlot(tokenLabel), mechanism, ref info);
        return result == CKR.CKR_OK && (info.Flags & CKF.CKF_SIGN) != 0;
    }

    /// <summary>Reads one attribute of an object; null when it has none of that type.</summary>
    public byte[]? Read(ulong session, ulong handle, CKA attribute)
    {
        // §5.7: the first call returns the length, the second copies the value.
        CK_ATTRIBUTE[] template = [CkaUtils.CreateAttribute(attribute)];
        var result = library.C_GetAttributeValue(session, handle, template, 1);
        if (
            result is CKR.CKR_ATTRIBUTE_SENSITIVE or CKR.CKR_ATTRIBUTE_TYPE_INVALID
            || template[0].valueLen == ulong.MaxValue
        )
        {
            return null;
        }

        Check("C_GetAttributeValue", result);
        if (template[0].valueLen > MaxAttributeBytes)
        {
            throw new Pkcs11Exception("An attribute is too long.");
        }

        var value = new byte[template[0].valueLen];
        template[0].value = UnmanagedMemory.Allocate(value.Length);
        try
        {
            Check("C_GetAttributeValue", library.C_GetAttributeValue(session, handle, template, 1));
            Marshal.Copy(template[0].value, value, 0, value.Length);
            return value;
        }
        finally
        {
            UnmanagedMemory.Free(ref template[0].value);
        }
    }

    /// <summary>Signs the mechanism's input: a hash, or a DigestInfo.</summary>
    public byte[] Sign(ulong session, ulong key, CKM mechanism, byte[] data)
    {
        var native = CkmUtils.CreateMechanism(mechanism);
        Check("C_SignInit", library.C_SignInit(session, ref native, key));
        var signature = new byte[MaxSignatureBytes];
        var written = (ulong)signature.Length;
        Check("C_Sign", library.C_Sign(session, data, (ulong)data.Length, signature, ref written));
        return signature[..(int)written];
    }

    private ulong FindSlot(string tokenLabel)
    {
        var count = 0UL;
        Check("C_GetSlotList", library.C_GetSlotList(tokenPresent: true, null, ref count));
        var slots = new ulong[count];
        Check("C_GetSlotList", library.C_GetSlotList(tokenPresent: true, slots, ref count));
        var wanted = new byte[LabelBytes];
        wanted.AsSpan().Fill((byte)' ');
        if (System.Text.Encoding.UTF8.GetByteCount(tokenLabel) > LabelBytes)
        {
            throw new Pkcs11Exception($"A token's label has {LabelBytes} bytes at most.");
        }

        System.Text.Encoding.UTF8.GetBytes(tokenLabel, wanted);
        foreach (var slot in slots.AsSpan(0, (int)count))
        {
            // A slot whose token was removed may return errors: continue with the others.
            var info = default(CK_TOKEN_INFO);
            if (library.C_GetTokenInfo(slot, ref info) == CKR.CKR_OK && info.Label.AsSpan().SequenceEqual(wanted))
            {
                return slot;
            }
        }

        throw new Pkcs11Exception($"The HSM has no token labelled {tokenLabel}.") { IsTokenGone = true };
    }

    /// <summary>Makes one attempt, which logs in all sessions of the process.</summary>
    public void Login(ulong session, byte[] pin)
    {
        var result = library.C_Login(session, CKU.CKU_USER, pin, (ulong)pin.Length);
        if (result != CKR.CKR_USER_ALREADY_LOGGED_IN)
        {
            Check("C_Login", result);
        }
    }

    public ulong[] GenerateKeyPair(
        ulong session,
        CKM mechanism,
        IReadOnlyList<Pkcs11Attribute> publicTemplate,
        IReadOnlyList<Pkcs11Attribute> privateTemplate
    )
    {
        var native = CkmUtils.CreateMechanism(mechanism);
        using var ofPublic = new Pkcs11Template(publicTemplate);
        using var ofPrivate = new Pkcs11Template(privateTemplate);
        var (publicKey, privateKey) = (0UL, 0UL);
        Check(
            "C_GenerateKeyPair",
            library.C_GenerateKeyPair(
                session,
                ref native,
                ofPublic.Attributes,
                ofPublic.Count,
                ofPrivate.Attributes,
                ofPrivate.Count,
                ref publicKey,
                ref privateKey
            )
        );
        return [publicKey, privateKey];
    }

    public void Write(ulong session, ulong handle, IReadOnlyList<Pkcs11Attribute> attributes)
    {
        using var native = new Pkcs11Template(attributes);
        Check("C_SetAttributeValue", library.C_SetAttributeValue(session, handle, native.Attributes, native.Count));
    }

    public int Destroy(ulong session, IReadOnlyList<Pkcs11Attribute> template)
    {
        var found = Find(session, template);
        DestroyObjects(session, found);
        return found.Length;
    }

    public void DestroyObjects(ulong session, IEnumerable<ulong> handles)
    {
        foreach (var handle in handles)
        {
            Check("C_DestroyObject", library.C_DestroyObject(session, handle));
        }
    }

    public ulong[] Find(ulong session, IReadOnlyList<Pkcs11Attribute> template)
    {
        using var native = new Pkcs11Template(template);
        Check("C_FindObjectsInit", library.C_FindObjectsInit(session, native.Attributes, native.Count));
        var objects = new ulong[16];
        try
        {
            var count = 0UL;
            Check("C_FindObjects", library.C_FindObjects(session, objects, (ulong)objects.Length, ref count));
            return objects[..(int)count];
        }
        finally
        {
            library.C_FindObjectsFinal(session);
        }
    }

    private static void Check(string operation, CKR result)
    {
        if (result != CKR.CKR_OK)
        {
            throw new Pkcs11Exception(operation, result);
        }
    }
}
