using System.Runtime.InteropServices;

namespace Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

/// <summary>
/// SQLite's allocator, with a bound for each thread: SQLite's own heap limit counts all connections of the process, so one
/// call could make another fail. A database is opened, used and closed by one thread.
/// </summary>
internal static unsafe class SqliteMemory
{
    // The size is stored before each block. 16 bytes keep the alignment of the C library.
    private const int Header = 16;

    [ThreadStatic]
    private static long used;

    [ThreadStatic]
    private static long most;

    /// <summary>From now on this thread may allocate so much. Zero = without a bound.</summary>
    public static void Limit(long bytes) => (used, most) = (0, bytes);

    /// <summary>Installs the allocator; SQLite must not have been used before.</summary>
    public static int Install()
    {
        var methods = new Methods
        {
            Allocate = &Allocate,
            Free = &Free,
            Reallocate = &Reallocate,
            Size = &Size,
            RoundUp = &RoundUp,
            Initialize = &Initialize,
            ShutDown = &ShutDown,
        };
        var code = SqliteApi.sqlite3_config(SqliteApi.ConfigMalloc, &methods);

        // Nothing reads SQLite's own count of the memory, for which it would ask for the size of each block several times.
        return code == SqliteApi.Ok ? SqliteApi.sqlite3_config(SqliteApi.ConfigMemoryStatus, 0) : code;
    }

    [UnmanagedCallersOnly]
    private static void* Allocate(int bytes)
    {
        if (most > 0 && used + bytes > most)
        {
            return null;
        }

        var block = (byte*)NativeMemory.Alloc((nuint)bytes + Header);
        *(int*)block = bytes;
        used += bytes;
        return block + Header;
    }

    [UnmanagedCallersOnly]
    private static void Free(void* memory)
    {
        var block = (byte*)memory - Header;
        used -= *(int*)block;
        NativeMemory.Free(block);
    }

    [UnmanagedCallersOnly]
    private static void* Reallocate(void* memory, int bytes)
    {
        var block = (byte*)memory - Header;
        var growth = bytes - *(int*)block;
        if (most > 0 && growth > 0 && used + growth > most)
        {
            return null;
        }

        block = (byte*)NativeMemory.Realloc(block, (nuint)bytes + Header);
        *(int*)block = bytes;
        used += growth;
        return block + Header;
    }

    [UnmanagedCallersOnly]
    private static int Size(void* memory) => *(int*)((byte*)memory - Header);

    [UnmanagedCallersOnly]
    private static int RoundUp(int bytes) => (bytes + 7) & ~7;

    [UnmanagedCallersOnly]
    private static int Initialize(nint context) => SqliteApi.Ok;

    [UnmanagedCallersOnly]
    private static void ShutDown(nint context)
    {
        // Nothing is held.
    }

    /// <summary><c>sqlite3_mem_methods</c>.</summary>
    public struct Methods
    {
        public delegate* unmanaged<int, void*> Allocate;
        public delegate* unmanaged<void*, void> Free;
        public delegate* unmanaged<void*, int, void*> Reallocate;
        public delegate* unmanaged<void*, int> Size;
        public delegate* unmanaged<int, int> RoundUp;
        public delegate* unmanaged<nint, int> Initialize;
        public delegate* unmanaged<nint, void> ShutDown;
        public nint Context;
    }
}
