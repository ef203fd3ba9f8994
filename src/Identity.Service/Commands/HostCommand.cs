using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Events;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Commands;

/// <summary>What commands on the host have in common that write into the audit while the service runs.</summary>
internal static class HostCommand
{
    // Two at once would write one chain; the second command gets an error that says to wait.
    private const string LockName = "host-command.lock";

    /// <summary>To be held while the command works; null = another one does.</summary>
    public static FileStream? TakeLock(ServiceOptions options)
    {
        var file = Path.Combine(options.StateDirectory, LockName);
        try
        {
            return new FileStream(
                file,
                new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.None,
                    UnixCreateMode = PrivateFile.Mode,
                }
            );
        }
        catch (IOException) when (File.Exists(file))
        {
            return null;
        }
    }

    // What sudo says about who called it is a hint for readers of the audit, no proof.
    public static AuditActor Actor() =>
        AuditActor.Host(
            PosixFile.Self,
            Environment.GetEnvironmentVariable("SUDO_USER") is { Length: > 0 } caller ? caller : Environment.UserName
        );
}
