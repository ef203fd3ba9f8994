using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Events;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Commands;

internal static class HostCommand
{
    // Two commands at once would write one chain; the second one fails with a message to wait.
    private const string LockName = "host-command.lock";

    /// <summary>Hold it while the command runs; null = another command holds it.</summary>
    public static FileStream? AcquireLock(ServiceOptions options)
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

    // The caller's name from sudo is a hint for readers of the audit, not a proof.
    public static AuditActor Actor() =>
        AuditActor.Host(
            PosixFile.Self,
            Environment.GetEnvironmentVariable("SUDO_USER") is { Length: > 0 } caller ? caller : Environment.UserName
        );
}
