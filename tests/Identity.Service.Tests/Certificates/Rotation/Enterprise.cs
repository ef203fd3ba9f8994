using System.Diagnostics;
using System.Globalization;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Rotation;

/// <summary>An enterprise whose root lies in a folder, and openssl that signs with it.</summary>
internal sealed class Enterprise
{
    private readonly string folder;

    public Enterprise(string folder, OfflineRoot root, DateTimeOffset now)
    {
        this.folder = folder;
        Now = now;
        File.WriteAllText(RootFile, root.Certificate.ExportCertificatePem() + "\n");
        File.WriteAllText(Path.Combine(folder, "root.key"), root.ExportKeyPem());
        File.WriteAllText(Path.Combine(folder, "index.txt"), "");
        File.WriteAllText(
            Path.Combine(folder, "ca.cnf"),
            $"""
            [ca]
            default_ca = d
            [d]
            database = {folder}/index.txt
            new_certs_dir = {folder}
            rand_serial = yes
            default_md = sha384
            policy = p
            x509_extensions = x
            unique_subject = no
            [p]
            commonName = supplied
            [x]
            basicConstraints = critical,CA:TRUE,pathlen:0
            keyUsage = critical,keyCertSign,cRLSign
            subjectKeyIdentifier = hash
            authorityKeyIdentifier = keyid
            """
        );
    }

    public DateTimeOffset Now { get; }

    public string RootFile => Path.Combine(folder, "root.pem");

    /// <summary>The command line that reads a request from standard input and prints the certificate alone.</summary>
    public string SignCommand =>
        $"openssl ca -batch -notext -config {folder}/ca.cnf -cert {folder}/root.pem -keyfile {folder}/root.key "
        + $"-in /dev/stdin -startdate {Stamp(Now)} -enddate {Stamp(Now.AddDays(30))}";

    /// <summary>Signs a request in PEM.</summary>
    public Task<string> SignAsync(string csrPem, CancellationToken cancellationToken) =>
        RunAsync(SignCommand, csrPem, cancellationToken);

    /// <summary>Runs a shell command with that input; its output.</summary>
    public static async Task<string> RunAsync(string command, string input, CancellationToken cancellationToken)
    {
        using var process = Process.Start(
            new ProcessStartInfo("/bin/sh", ["-c", command])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        process.ExitCode.ShouldBe(0, await error);
        return output;
    }

    private static string Stamp(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture) + "Z";
}
