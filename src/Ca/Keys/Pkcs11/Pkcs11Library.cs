using System.Runtime.InteropServices;

namespace Culvert.Ca.Keys.Pkcs11;

/// <summary>
/// The few functions of a PKCS#11 v2.40 library that are needed: log in, make, find, inspect and destroy keys, and sign
/// for authorities. <c>CK_ULONG</c> is <c>unsigned long</c>: a native word on Linux.
/// </summary>
internal sealed class Pkcs11Library
{
    private const nuint Ok = 0;
    private const nuint AlreadyInitialized = 0x191;
    private const nuint AlreadyLoggedIn = 0x100;

    private const nuint AttributeSensitive = 0x11;
    private const nuint AttributeInvalid = 0x12;
    private const int MaxAttributeBytes = 16 * 1024;

    // RSA with 8192 bits.
    private const int MaxSignatureBytes = 1024;

    private const nuint OsLockingOk = 2;
    private const nuint ReadWriteSession = 2 | 4;
    private const nuint User = 1;

    // Larger than CK_TOKEN_INFO (§3.2); the label is its first 32 bytes, padded with blanks.
    private const int TokenInfoBytes = 512;
    private const int LabelBytes = 32;

    // C_Initialize of several threads at once is undefined (§5.4).
    private static readonly Lock Initializing = new();

    private readonly nint library;

    public Pkcs11Library(string modulePath)
    {
        library = NativeLibrary.Load(modulePath);
        nint[] arguments = [0, 0, 0, 0, (nint)OsLockingOk, 0];
        var pinned = GCHandle.Alloc(arguments, GCHandleType.Pinned);
        try
        {
            lock (Initializing)
            {
                var result = Function<Initialize>("C_Initialize")(pinned.AddrOfPinnedObject());
                if (result is not (Ok or AlreadyInitialized))
                {
                    throw new Pkcs11Exception("C_Initialize", result);
                }
            }
        }
        finally
        {
            pinned.Free();
        }
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nuint Initialize(nint arguments);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nuint FinalizeFunction(nint reserved);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nuint GetSlotList(byte tokenPresent, nuint[]? slots, ref nuint count);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nuint GetTokenInfo(nuint slot, byte[] info);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nuint OpenSessionFunction(
        nuint slot,
        nuint flags,
        nint application,
        nint notify,
        out nuint session
    );

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nuint LoginFunction(nuint session, nuint userType, byte[] pin, nuint length);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nuint FindObjectsInit(nuint session, nint template, nuint count);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nuint FindObjects(nuint session, nuint[] objects, nuint max, out nuint count);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nuint FindObjectsFinal(nuint session);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nuint DestroyObject(nuint session, nuint handle);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nuint GenerateKeyPairFunction(
        nuint session,
        nint mechanism,
        nint publicTemplate,
        nuint publicCount,
        nint privateTemplate,
        nuint privateCount,
        out nuint publicKey,
        out nuint privateKey
    );

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nuint GetAttributeValue(nuint session, nuint handle, nint template, nuint count);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nuint SetAttributeValue(nuint session, nuint handle, nint template, nuint count);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nuint GetMechanismInfo(nuint slot, nuint mechanism, nuint[] info);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nuint SignInit(nuint session, nint mechanism, nuint key);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nuint SignFunction(nuint session, byte[] data, nuint length, byte[] signature, ref nuint written);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nuint CloseSessionFunction(nuint session);

    /// <summary>A session that can write to the token of that label.</summary>
    public nuint OpenSession(string tokenLabel)
    {
        Check(
            "C_OpenSession",
            Function<OpenSessionFunction>("C_OpenSession")(
                FindSlot(tokenLabel),
                ReadWriteSession,
                0,
                0,
                out var session
            )
        );
        return session;
    }

    /// <summary>
    /// Ends every session of this process and all that the library knows. Nobody else may be inside it (§5.4).
    /// </summary>
    public void Terminate() => Check("C_Finalize", Function<FinalizeFunction>("C_Finalize")(0));

    /// <exception cref="Pkcs11Exception">The token is not there any more.</exception>
    public void RequireToken(string tokenLabel) => FindSlot(tokenLabel);

    /// <summary>Best effort: the session may be gone already.</summary>
    public void CloseSession(nuint session) => Function<CloseSessionFunction>("C_CloseSession")(session);

    /// <summary>The token signs with the mechanism (§3.2, CKF_SIGN).</summary>
    public bool CanSign(string tokenLabel, nuint mechanism)
    {
        const nuint Signs = 0x800;
        var info = new nuint[3];
        var result = Function<GetMechanismInfo>("C_GetMechanismInfo")(FindSlot(tokenLabel), mechanism, info);
        return result == Ok && (info[2] & Signs) != 0;
    }

    /// <summary>One attribute of an object; null when it has none of that type.</summary>
    public byte[]? Read(nuint session, nuint handle, nuint attribute)
    {
        // §5.7: the first call tells the length, the second copies.
        nuint[] template = [attribute, 0, 0];
        var pinned = GCHandle.Alloc(template, GCHandleType.Pinned);
        try
        {
            var read = Function<GetAttributeValue>("C_GetAttributeValue");
            var result = read(session, handle, pinned.AddrOfPinnedObject(), 1);
            if (result is AttributeSensitive or AttributeInvalid || template[2] == nuint.MaxValue)
            {
                return null;
            }

            Check("C_GetAttributeValue", result);
            if (template[2] > MaxAttributeBytes)
            {
                throw new Pkcs11Exception("An attribute is longer than any that is used here.");
            }

            var value = new byte[template[2]];
            var target = GCHandle.Alloc(value, GCHandleType.Pinned);
            try
            {
                template[1] = (nuint)target.AddrOfPinnedObject();
                Check("C_GetAttributeValue", read(session, handle, pinned.AddrOfPinnedObject(), 1));
                return value;
            }
            finally
            {
                target.Free();
            }
        }
        finally
        {
            pinned.Free();
        }
    }

    /// <summary>Signs what the mechanism takes: a hash, or a hash with its name.</summary>
    public byte[] Sign(nuint session, nuint key, nuint mechanism, byte[] data)
    {
        using var native = new Pkcs11Template([new Pkcs11Attribute(mechanism, [])]);
        Check("C_SignInit", Function<SignInit>("C_SignInit")(session, native.Address, key));
        var signature = new byte[MaxSignatureBytes];
        var written = (nuint)signature.Length;
        Check("C_Sign", Function<SignFunction>("C_Sign")(session, data, (nuint)data.Length, signature, ref written));
        return signature[..(int)written];
    }

    private nuint FindSlot(string tokenLabel)
    {
        var list = Function<GetSlotList>("C_GetSlotList");
        nuint count = 0;
        Check("C_GetSlotList", list(1, null, ref count));
        var slots = new nuint[count];
        Check("C_GetSlotList", list(1, slots, ref count));
        var wanted = new byte[LabelBytes];
        wanted.AsSpan().Fill((byte)' ');
        if (System.Text.Encoding.UTF8.GetByteCount(tokenLabel) > LabelBytes)
        {
            throw new Pkcs11Exception($"A token's label has {LabelBytes} bytes at most.");
        }

        System.Text.Encoding.UTF8.GetBytes(tokenLabel, wanted);
        foreach (var slot in slots.AsSpan(0, (int)count))
        {
            // A slot whose token was taken out may say nothing any more: others go on.
            var info = new byte[TokenInfoBytes];
            var told = Function<GetTokenInfo>("C_GetTokenInfo")(slot, info);
            if (told == Ok && info.AsSpan(0, LabelBytes).SequenceEqual(wanted))
            {
                return slot;
            }
        }

        throw new Pkcs11Exception($"The HSM has no token labelled {tokenLabel}.") { IsTokenGone = true };
    }

    /// <summary>One attempt. The whole process is logged in after it, with all its sessions.</summary>
    public void Login(nuint session, byte[] pin)
    {
        var result = Function<LoginFunction>("C_Login")(session, User, pin, (nuint)pin.Length);
        if (result != AlreadyLoggedIn)
        {
            Check("C_Login", result);
        }
    }

    /// <summary>The handles of both halves.</summary>
    public nuint[] GenerateKeyPair(
        nuint session,
        Pkcs11Attribute mechanism,
        IReadOnlyList<Pkcs11Attribute> publicTemplate,
        IReadOnlyList<Pkcs11Attribute> privateTemplate
    )
    {
        // CK_MECHANISM has the layout of CK_ATTRIBUTE: a number, a pointer, a length.
        using var native = new Pkcs11Template([mechanism]);
        using var ofPublic = new Pkcs11Template(publicTemplate);
        using var ofPrivate = new Pkcs11Template(privateTemplate);
        Check(
            "C_GenerateKeyPair",
            Function<GenerateKeyPairFunction>("C_GenerateKeyPair")(
                session,
                native.Address,
                ofPublic.Address,
                ofPublic.Count,
                ofPrivate.Address,
                ofPrivate.Count,
                out var publicKey,
                out var privateKey
            )
        );
        return [publicKey, privateKey];
    }

    /// <summary>Gives an object other values of these attributes.</summary>
    public void Write(nuint session, nuint handle, IReadOnlyList<Pkcs11Attribute> attributes)
    {
        using var native = new Pkcs11Template(attributes);
        Check(
            "C_SetAttributeValue",
            Function<SetAttributeValue>("C_SetAttributeValue")(session, handle, native.Address, native.Count)
        );
    }

    /// <summary>Destroys every object that the template matches; how many there were.</summary>
    public int Destroy(nuint session, IReadOnlyList<Pkcs11Attribute> template)
    {
        var found = Find(session, template);
        DestroyObjects(session, found);
        return found.Length;
    }

    public void DestroyObjects(nuint session, IEnumerable<nuint> handles)
    {
        foreach (var handle in handles)
        {
            Check("C_DestroyObject", Function<DestroyObject>("C_DestroyObject")(session, handle));
        }
    }

    public nuint[] Find(nuint session, IReadOnlyList<Pkcs11Attribute> template)
    {
        using var native = new Pkcs11Template(template);
        Check(
            "C_FindObjectsInit",
            Function<FindObjectsInit>("C_FindObjectsInit")(session, native.Address, native.Count)
        );
        var objects = new nuint[16];
        try
        {
            Check(
                "C_FindObjects",
                Function<FindObjects>("C_FindObjects")(session, objects, (nuint)objects.Length, out var count)
            );
            return objects[..(int)count];
        }
        finally
        {
            Function<FindObjectsFinal>("C_FindObjectsFinal")(session);
        }
    }

    private T Function<T>(string name)
        where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(library, name));

    private static void Check(string operation, nuint result)
    {
        if (result != Ok)
        {
            throw new Pkcs11Exception(operation, result);
        }
    }
}
