using System.Runtime.InteropServices;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>kill(2): .NET sends no signals to groups, and none but SIGKILL to a process.</summary>
internal static class PosixSignals
{
    public const int Terminate = 15;
    public const int Kill = 9;

    /// <summary>To a process, or to the group of a negative number. False: there is none.</summary>
    public static bool Send(int processId, int signal) => KillNative(processId, signal) == 0;

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int KillNative(int processId, int signal);
}
