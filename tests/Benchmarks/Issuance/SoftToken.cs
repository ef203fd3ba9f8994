using Culvert.Stage.Processes;
using Culvert.Testing;

namespace Culvert.Benchmarks.Issuance;

/// <summary>A token of the software HSM in a folder, for the services that this process starts.</summary>
internal static class SoftToken
{
    private const string Label = "bench";
    private const string Pin = "1234";

    /// <summary>Makes the token.</summary>
    /// <returns>The service's settings: what <c>keys.pkcs11</c> says.</returns>
    public static async Task<string> CreateAsync(string folder, CancellationToken cancellationToken)
    {
        var tokens = Directory.CreateDirectory(Path.Combine(folder, "softhsm")).FullName;
        var configuration = Path.Combine(folder, "softhsm2.conf");
        await File.WriteAllTextAsync(
            configuration,
            $"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n",
            cancellationToken
        );
        // Inherited by the service: the library reads it there.
        Environment.SetEnvironmentVariable("SOFTHSM2_CONF", configuration);
        var made = await Tool.RunAsync(
            "softhsm2-util",
            ["--init-token", "--free", "--label", Label, "--pin", Pin, "--so-pin", Pin + Pin],
            folder,
            cancellationToken
        );
        if (!made.Succeeded)
        {
            throw new InvalidOperationException($"softhsm2-util failed: {made.Output}{made.Error}");
        }

        var pin = Path.Combine(folder, "pin");
        await File.WriteAllTextAsync(pin, Pin, cancellationToken);
        File.SetUnixFileMode(pin, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return $"{{module: {SoftHsm.ModulePath}, token: {Label}, pin: \"file:{pin}\"}}";
    }
}
