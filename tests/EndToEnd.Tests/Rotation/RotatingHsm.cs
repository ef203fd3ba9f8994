using System.Diagnostics;

namespace Culvert.EndToEnd.Tests.Rotation;

/// <summary>
/// An HSM in software for the programs that this process starts: its token can be removed, created again and put back
/// while they run.
/// </summary>
internal sealed class RotatingHsm : IDisposable
{
    private const string Module = "/usr/lib/softhsm/libsofthsm2.so";
    private const string Label = "rotating";
    private const string Pin = "1234";

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-hsm-").FullName;

    public RotatingHsm()
    {
        Directory.CreateDirectory(Tokens);
        var configuration = Path.Combine(folder, "softhsm2.conf");
        File.WriteAllText(
            configuration,
            $"directories.tokendir = {Tokens}\nobjectstore.backend = file\nlog.level = ERROR\n"
        );
        // Inherited: the library reads it there.
        Environment.SetEnvironmentVariable("SOFTHSM2_CONF", configuration);
        File.WriteAllText(PinFile, Pin);
        File.SetUnixFileMode(PinFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        MakeToken();
    }

    /// <summary>What <c>keys.pkcs11</c> says.</summary>
    public string Settings => $"{{module: {Module}, token: {Label}, pin: \"file:{PinFile}\"}}";

    private string Tokens => Path.Combine(folder, "tokens");

    private string Away => Path.Combine(folder, "away");

    private string PinFile => Path.Combine(folder, "pin");

    /// <summary>The token is gone, with its keys.</summary>
    public void TakeAway()
    {
        Directory.Move(Tokens, Away);
        Directory.CreateDirectory(Tokens);
    }

    /// <summary>A token of the same name and PIN, without any key.</summary>
    public static void MakeToken()
    {
        var start = new ProcessStartInfo("softhsm2-util")
        {
            ArgumentList = { "--init-token", "--free", "--label", Label, "--pin", Pin, "--so-pin", Pin + Pin },
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException("softhsm2-util failed.");
        }
    }

    /// <summary>The token that was taken away, with its keys, in the place of any other.</summary>
    public void PutBack()
    {
        Directory.Delete(Tokens, recursive: true);
        Directory.Move(Away, Tokens);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
