using Culvert.Identity.Cli.Hosting;

namespace Culvert.Identity.Cli.Tests.Harness;

/// <summary>A scripted service, a key file, and the program run in this process against them.</summary>
internal sealed class CliStage : IAsyncDisposable
{
    public const string Key = "clv_adm_0123456789012345678901234567890123456789012";

    private CliStage(WireServer service, string folder)
    {
        Service = service;
        Folder = folder;
        KeyFile = Path.Combine(folder, "admin.key");
        CaFile = Path.Combine(folder, "ca.pem");
        Variables = new()
        {
            [SettingVariables.Url] = service.Url.ToString(),
            [SettingVariables.CaFile] = CaFile,
            [SettingVariables.AdminKeyFile] = KeyFile,
        };
    }

    public WireServer Service { get; }
    public string Folder { get; }
    public string KeyFile { get; }
    public string CaFile { get; }
    public Dictionary<string, string> Variables { get; }

    /// <summary>What the operator types; null: there is no terminal.</summary>
    public string? Typed { get; set; }

    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>What happens when the program opens a page; by default nothing.</summary>
    public Action<Uri> Browser { get; set; } = _ => { };

    /// <summary>Where the other programs are; by default none are.</summary>
    public string ProgramFolder { get; set; } = "/nonexistent";

    /// <summary>What prints the journal; by default there is none.</summary>
    public IReadOnlyList<string> JournalCommand { get; set; } = ["/nonexistent/journalctl"];

    public static async Task<CliStage> StartAsync()
    {
        var service = await WireServer.StartAsync(TestCertificates.Shared);
        var stage = new CliStage(service, Directory.CreateTempSubdirectory("culvert-cli-").FullName);
        await File.WriteAllTextAsync(stage.KeyFile, Key + "\n");
        File.SetUnixFileMode(stage.KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(stage.CaFile, TestCertificates.Shared.Root.ExportCertificatePem());
        return stage;
    }

    private string StateFolder => Path.Combine(Folder, "state");

    /// <summary>From now on sign-ins are kept in this stage's folder.</summary>
    public void KeepState() => Variables["XDG_STATE_HOME"] = StateFolder;

    /// <summary>Everything that was kept there.</summary>
    public string[] StateFiles() =>
        Directory.Exists(StateFolder) ? Directory.GetFiles(StateFolder, "*", SearchOption.AllDirectories) : [];

    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    public Task<CliRun> RunAsync(params string[] args) => RunAsync(CancellationToken.None, args);

    public async Task<CliRun> RunAsync(CancellationToken cancel, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var input = new StringReader(Typed ?? "");
        var host = new CliHost
        {
            Variable = name => Variables.GetValueOrDefault(name),
            Out = output,
            Error = error,
            In = input,
            CanAsk = Typed is not null,
            OutputWidth = null,
            Time = Time,
            ProgramFolder = ProgramFolder,
            JournalCommand = JournalCommand,
            OpenBrowser = Browser,
        };
        var exitCode = await CulvertCommand.RunAsync(args, host, cancel);
        return new CliRun(exitCode, output.ToString(), error.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Service.DisposeAsync();
        }
        finally
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}
