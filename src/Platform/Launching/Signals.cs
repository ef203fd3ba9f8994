using System.Runtime.InteropServices;

namespace Culvert.Platform.Launching;

/// <summary>Sends signals to a stamped process, or to the process group that it leads.</summary>
public static class Signals
{
    public const int HangUp = 1;
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Stop = 19;
    public const int Continue = 18;

    /// <returns>False when the process of that id and start time no longer runs.</returns>
    public static bool Send(ProcessStamp process, int signal)
    {
        ArgumentNullException.ThrowIfNull(process);
        return process.IsAlive && SendCore(process.Pid, signal) == 0;
    }

    /// <summary>Also reaches processes that the leader started, such as a token command.</summary>
    public static bool SendToGroup(ProcessStamp leader, int signal)
    {
        ArgumentNullException.ThrowIfNull(leader);
        return leader.IsAlive && SendCore(-leader.Pid, signal) == 0;
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendCore(int pid, int signal);
}
