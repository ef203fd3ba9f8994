using System.Runtime.InteropServices;
using System.Text;

namespace Culvert.Identity.Service.Storage.Sealing;

/// <summary>Who owns a file, which .NET does not tell.</summary>
internal static class FileOwner
{
    // linux/stat.h and linux/fcntl.h: statx has one layout on every architecture.
    private const int CurrentDirectory = -100;
    private const uint OwnerWanted = 0x8;
    private const int StatxBytes = 256;
    private const int OwnerOffset = 20;

    /// <summary>Whom no file mode stops.</summary>
    public const uint Root = 0;

    /// <summary>The user that this process acts as.</summary>
    public static uint Self => GetEffectiveUser();

    /// <summary>The owner of the file, or of what a link to it leads to.</summary>
    /// <exception cref="IOException">The file cannot be looked at.</exception>
    public static uint Of(string file)
    {
        var status = new byte[StatxBytes];
        return Statx(CurrentDirectory, Encoding.UTF8.GetBytes(file + '\0'), 0, OwnerWanted, status) == 0
            ? BitConverter.ToUInt32(status, OwnerOffset)
            : throw new IOException($"{file} cannot be looked at: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int directory, byte[] path, int flags, uint mask, byte[] status);

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint GetEffectiveUser();
}
