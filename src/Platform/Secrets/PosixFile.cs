using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Platform.Secrets;

/// <summary>File functions that the base library lacks: owners and atomic renames.</summary>
public static class PosixFile
{
    // linux/stat.h and linux/fcntl.h: statx has one layout on every architecture.
    private const int CurrentDirectory = -100;
    private const int NotThroughLinks = 0x100;
    private const int TheOpenFileItself = 0x1000;
    private const uint StatxUid = 0x8;
    private const uint StatxGid = 0x10;
    private const int CloseOnExec = 0x80000;
    private const int StatxBytes = 256;
    private const int OwnerOffset = 20;
    private const int GroupOffset = 24;

    // errno of Linux for file systems without hard links.
    private const int NotPermitted = 1;
    private const int NotImplemented = 38;
    private const int NotSupported = 95;

    /// <summary>The user that file modes do not restrict.</summary>
    public const uint Root = 0;

    public static uint Self => GetEffectiveUser();

    /// <summary>The owner of a file, folder, or of a link itself.</summary>
    /// <exception cref="IOException">The metadata cannot be read.</exception>
    public static uint GetOwner(string path) => GetOwner(path, NotThroughLinks);

    /// <summary>The owner of a file or folder, or of the target of a link.</summary>
    /// <exception cref="IOException">The metadata cannot be read.</exception>
    public static uint GetOwnerThroughLinks(string path) => GetOwner(path, 0);

    private static uint GetOwner(string path, int flags)
    {
        var status = new byte[StatxBytes];
        return Statx(CurrentDirectory, Bytes(path), flags, StatxUid, status) == 0
            ? BitConverter.ToUInt32(status, OwnerOffset)
            : throw new IOException($"Reading the metadata of {path} failed: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>
    /// Whether the file is owned by root with root's or this process's group, and this process is not root: the
    /// operator provided it, and no other user can read it.
    /// </summary>
    /// <exception cref="IOException">The metadata cannot be read.</exception>
    internal static bool IsHandedOver(SafeFileHandle file)
    {
        var status = new byte[StatxBytes];
        if (Statx((int)file.DangerousGetHandle(), [0], TheOpenFileItself, StatxUid | StatxGid, status) != 0)
        {
            throw new IOException(
                $"Reading the metadata of an open file failed: {Marshal.GetLastPInvokeErrorMessage()}"
            );
        }

        var group = BitConverter.ToUInt32(status, GroupOffset);
        return Self != Root
            && BitConverter.ToUInt32(status, OwnerOffset) == Root
            && (group == Root || group == GetEffectiveGroup());
    }

    /// <summary>rename(2): replaces a file or link atomically, and does not follow links.</summary>
    /// <exception cref="IOException">The rename failed; nothing has changed.</exception>
    public static void Rename(string from, string to)
    {
        if (RenameTo(Bytes(from), Bytes(to)) != 0)
        {
            throw new IOException($"{to} cannot be replaced: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>
    /// Renames a file to an unused name with link(2), then unlink(2): of several concurrent callers only one succeeds.
    /// <see cref="File.Move(string, string)"/> could replace a file created in between; it is used only on file systems
    /// without hard links.
    /// </summary>
    /// <exception cref="IOException">The name is in use, or the rename failed; nothing has changed.</exception>
    public static void RenameNew(string from, string to)
    {
        if (Link(Bytes(from), Bytes(to)) == 0)
        {
            File.Delete(from);
        }
        else if (Marshal.GetLastPInvokeError() is NotPermitted or NotImplemented or NotSupported)
        {
            File.Move(from, to, overwrite: false);
        }
        else
        {
            throw new IOException($"Creating {to} failed: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>Flushes a folder's entries to the disk: a renamed file keeps its new name after a power failure.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static void FlushFolder(string path)
    {
        var folder = Open(Bytes(path), CloseOnExec);
        var isDone = folder >= 0 && Flush(folder) == 0;
        var problem = isDone ? "" : Marshal.GetLastPInvokeErrorMessage();
        if (folder >= 0)
        {
            _ = Close(folder); // nothing was written through it
        }

        if (!isDone)
        {
            throw new IOException($"Flushing {path} failed: {problem}");
        }
    }

    private static byte[] Bytes(string path) => Encoding.UTF8.GetBytes(path + '\0');

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int directory, byte[] path, int flags, uint mask, byte[] status);

    [DllImport("libc", EntryPoint = "rename", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int RenameTo(byte[] from, byte[] to);

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link(byte[] from, byte[] to);

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Flush(int file);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int file);

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint GetEffectiveUser();

    [DllImport("libc", EntryPoint = "getegid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint GetEffectiveGroup();
}
