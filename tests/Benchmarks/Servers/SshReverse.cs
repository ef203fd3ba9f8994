using Culvert.Stage;
using Culvert.Stage.Hops;
using Culvert.Stage.Processes;

namespace Culvert.Benchmarks.Servers;

/// <summary>
/// <c>ssh -R</c> over a real sshd on loopback, both as one user without privileges and with keys for this run alone: what
/// a tunnel without any product costs. Its far end is the forwarder that is reached directly elsewhere.
/// </summary>
internal sealed class SshReverse : IAsyncDisposable
{
    /// <summary>Whom sshd and ssh run as where we are root: sshd then needs nothing of the machine's.</summary>
    private const string Nobody = "nobody";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly string[] Switch = ["setpriv", $"--reuid={Nobody}", "--regid=nogroup", "--clear-groups"];

    private readonly List<ProgramProcess> processes = [];
    private readonly string folder;

    private SshReverse(string folder) => this.folder = folder;

    /// <param name="checkout">Where sshd was unpacked if the machine has none.</param>
    /// <param name="daemonPort">For sshd.</param>
    /// <param name="listenPort">Where sshd takes the clients.</param>
    /// <param name="targetPort">Where ssh sends them.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<SshReverse> StartAsync(
        Checkout checkout,
        int daemonPort,
        int listenPort,
        int targetPort,
        CancellationToken cancellationToken
    )
    {
        var ssh = new SshReverse(Directory.CreateTempSubdirectory("culvert-ssh-").FullName);
        try
        {
            await ssh.WriteFilesAsync(daemonPort, cancellationToken);
            var (program, libraries) = Unpacked.Find(checkout, "sshd", "sshd");
            await ssh.RunAsync(
                "sshd",
                [program, "-D", "-e", "-f", ssh.File("sshd_config")],
                new Dictionary<string, string> { ["LD_LIBRARY_PATH"] = libraries },
                daemonPort,
                cancellationToken
            );
            await ssh.RunAsync(
                "ssh",
                ssh.Client(daemonPort, listenPort, targetPort),
                [],
                listenPort,
                cancellationToken
            );
            return ssh;
        }
        catch
        {
            await ssh.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(processes))
        {
            await process.StopAsync(TimeSpan.FromSeconds(2), CancellationToken.None);
        }

        Directory.Delete(folder, recursive: true);
    }

    private string File(string name) => Path.Combine(folder, name);

    private async Task WriteFilesAsync(int daemonPort, CancellationToken cancellationToken)
    {
        foreach (var key in (string[])["host_key", "user_key"])
        {
            await RunToolAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", File(key)], cancellationToken);
        }

        System.IO.File.Copy(File("user_key.pub"), File("authorized_keys"));
        await System.IO.File.WriteAllTextAsync(
            File("sshd_config"),
            $"""
            ListenAddress 127.0.0.1
            Port {daemonPort}
            HostKey {File("host_key")}
            AuthorizedKeysFile {File("authorized_keys")}
            AllowTcpForwarding remote
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            PermitTTY no
            PidFile none
            StrictModes no
            UsePAM yes
            LogLevel ERROR

            """,
            cancellationToken
        );
        if (Environment.IsPrivilegedProcess)
        {
            await RunToolAsync("chown", ["-R", Nobody, folder], cancellationToken);
        }
    }

    private string[] Client(int daemonPort, int listenPort, int targetPort) =>
        [
            "ssh",
            "-N",
            "-T",
            "-F",
            "none",
            "-p",
            $"{daemonPort}",
            "-i",
            File("user_key"),
            "-o",
            "IdentitiesOnly=yes",
            "-o",
            "StrictHostKeyChecking=no",
            "-o",
            $"UserKnownHostsFile={File("known_hosts")}",
            "-o",
            "ExitOnForwardFailure=yes",
            "-o",
            "LogLevel=ERROR",
            "-R",
            $"127.0.0.1:{listenPort}:127.0.0.1:{targetPort}",
            $"{(Environment.IsPrivilegedProcess ? Nobody : Environment.UserName)}@127.0.0.1",
        ];

    private async Task RunAsync(
        string name,
        string[] command,
        Dictionary<string, string> environment,
        int port,
        CancellationToken cancellationToken
    )
    {
        command = Environment.IsPrivilegedProcess ? [.. Switch, .. command] : command;
        var process = new ProgramProcess(
            new ProgramCommand($"bench-{name}", command[0], command[1..], environment, folder),
            File($"{name}.log"),
            TimeProvider.System
        );
        processes.Add(process);
        process.Start();
        await Readiness.UntilListeningAsync(process, port, Patience, TimeProvider.System, cancellationToken);
    }

    private async Task RunToolAsync(string tool, string[] arguments, CancellationToken cancellationToken)
    {
        var result = await Tool.RunAsync(tool, arguments, folder, cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"{tool} failed: {result.Error}");
        }
    }
}
