using System.Runtime.InteropServices;

namespace Culvert.Ca.Keys.Pkcs11;

/// <summary>
/// The few functions of a PKCS#11 v2.40 library that the OpenSSL engine does not offer: log in, make, find and destroy
/// keys. Signing goes through the engine. <c>CK_ULONG</c> is <c>unsigned long</c>: a native word on Linux.
/// </summary>
internal sealed class Pkcs11Library
{
    private const nuint Ok = 0;
    private const nuint AlreadyInitialized = 0x191;
    private const nuint AlreadyLoggedIn = 0x100;

    private const nuint OsLockingOk = 2;
    private const nuint ReadWriteSession = 2 | 4;
    private const nuint User = 1;

    // Larger than CK_TOKEN_INFO (§3.2); the label is its first 32 bytes, padded with blanks.
    private const int TokenInfoBytes = 512;
    private const int LabelBytes = 32;

    private readonly nint library;

    public Pkcs11Library(string modulePath)
    {
        library = NativeLibrary.Load(modulePath);
        nint[] arguments = [0, 0, 0, 0, (nint)OsLockingOk, 0];
        var pinned = GCHandle.Alloc(arguments, GCHandleType.Pinned);
        try
        {
            var result = Function<Initialize>("C_Initialize")(pinned.AddrOfPinnedObject());
            if (result is not (Ok or AlreadyInitialized))
            {
                throw new Pkcs11Exception("C_Initialize", result);
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

    /// <summary>A session that can write to the token of that label.</summary>
    public nuint OpenSession(string tokenLabel)
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
            var info = new byte[TokenInfoBytes];
            Check("C_GetTokenInfo", Function<GetTokenInfo>("C_GetTokenInfo")(slot, info));
            if (info.AsSpan(0, LabelBytes).SequenceEqual(wanted))
            {
                Check(
                    "C_OpenSession",
                    Function<OpenSessionFunction>("C_OpenSession")(slot, ReadWriteSession, 0, 0, out var session)
                );
                return session;
            }
        }

        throw new Pkcs11Exception($"The HSM has no token labelled {tokenLabel}.");
    }

    /// <summary>One attempt. The whole process is logged in after it, the engine's own sessions included.</summary>
    public void Login(nuint session, byte[] pin)
    {
        var result = Function<LoginFunction>("C_Login")(session, User, pin, (nuint)pin.Length);
        if (result != AlreadyLoggedIn)
        {
            Check("C_Login", result);
        }
    }

    public void GenerateKeyPair(
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
                out _,
                out _
            )
        );
    }

    /// <summary>Destroys every object that the template matches; how many there were.</summary>
    public int Destroy(nuint session, IReadOnlyList<Pkcs11Attribute> template)
    {
        var found = Find(session, template);
        foreach (var handle in found)
        {
            Check("C_DestroyObject", Function<DestroyObject>("C_DestroyObject")(session, handle));
        }

        return found.Length;
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
