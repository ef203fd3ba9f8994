using System.Runtime.InteropServices;

namespace Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

/// <summary>
/// What SQLite has in place of an operating system: no file can be opened, and the time is the agent's. All of SQLite's date and
/// time functions read their <c>now</c> here.
/// </summary>
internal static unsafe class SqliteFiles
{
    /// <summary>The midday at which the Julian day numbers begin, in milliseconds before 1970.</summary>
    private const long JulianEpochMs = 210_866_760_000_000;

    [ThreadStatic]
    private static long nowMs;

    /// <summary>The name under which connections are opened, with the zero that ends it.</summary>
    public static ReadOnlySpan<byte> Name => "culvert\0"u8;

    /// <summary>Sets the time of statements on this thread.</summary>
    public static void SetTime(DateTimeOffset now) => nowMs = now.ToUnixTimeMilliseconds();

    public static int Install()
    {
        // SQLite holds both until the process ends.
        var methods = (Methods*)NativeMemory.AllocZeroed((nuint)sizeof(Methods));
        var name = (byte*)NativeMemory.Alloc((nuint)Name.Length);
        Name.CopyTo(new Span<byte>(name, Name.Length));
        methods->Version = 2;
        methods->FileBytes = 16;
        methods->MaxPath = 512;
        methods->Name = name;
        methods->Open = &Open;
        methods->Delete = &Delete;
        methods->Access = &Access;
        methods->FullPath = &FullPath;
        methods->CurrentTimeMs = &CurrentTimeMs;
        return SqliteApi.sqlite3_vfs_register(methods, isDefault: 0);
    }

    [UnmanagedCallersOnly]
    private static int Open(nint self, byte* name, nint file, int flags, int* opened) => SqliteApi.CannotOpen;

    [UnmanagedCallersOnly]
    private static int Delete(nint self, byte* name, int synchronize) => SqliteApi.CannotOpen;

    [UnmanagedCallersOnly]
    private static int Access(nint self, byte* name, int flags, int* result) => SqliteApi.CannotOpen;

    [UnmanagedCallersOnly]
    private static int FullPath(nint self, byte* name, int bytes, byte* path) => SqliteApi.CannotOpen;

    [UnmanagedCallersOnly]
    private static int CurrentTimeMs(nint self, long* milliseconds)
    {
        *milliseconds = nowMs + JulianEpochMs;
        return SqliteApi.Ok;
    }

    /// <summary><c>sqlite3_vfs</c>, version 2.</summary>
    public struct Methods
    {
        public int Version;
        public int FileBytes;
        public int MaxPath;
        public nint Next;
        public byte* Name;
        public nint Data;
        public delegate* unmanaged<nint, byte*, nint, int, int*, int> Open;
        public delegate* unmanaged<nint, byte*, int, int> Delete;
        public delegate* unmanaged<nint, byte*, int, int*, int> Access;
        public delegate* unmanaged<nint, byte*, int, byte*, int> FullPath;
        public nint OpenLibrary;
        public nint LibraryError;
        public nint FindSymbol;
        public nint CloseLibrary;
        public nint Randomness;
        public nint Sleep;
        public nint CurrentTime;
        public nint LastError;
        public delegate* unmanaged<nint, long*, int> CurrentTimeMs;
    }
}
