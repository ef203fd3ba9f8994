using System.Runtime.InteropServices;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>kill(2): .NET cannot send signals to groups, and only SIGKILL to a process.</summary>
internal static class PosixSignals
{
    public const int Terminate = 15;
    public const int Kill = 9;

    /// <summary>Sends to a process, or to the group of a negative number. False if there is none.</summary>
    public static bool Send(int processId, int signal) => KillNative(processId, signal) == 0;

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int KillNative(int processId, int signal);
}
