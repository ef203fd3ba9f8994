using System.Text.Json.Nodes;
using Culvert.Identity.Cli;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.CommandLine;

/// <summary>The real <c>culvert</c>, in this process, before a real service.</summary>
internal sealed class OperatorDesk : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-desk-").FullName;

    private OperatorDesk(ServiceUnderTest service) => Service = service;

    public ServiceUnderTest Service { get; }

    public string CaFile => Path("ca.pem");

    // The commands check certificates by the machine's clock: the service's begins there.
    public static async Task<OperatorDesk> StartAsync(
        Func<ServiceOptions, ServiceOptions>? options = null,
        FakeTimeProvider? time = null
    )
    {
        var service = await ServiceUnderTest.StartAsync(
            options: o =>
            {
                o = o with
                {
                    PublicUrl = "https://localhost:8443",
                    MachineUrl = "https://localhost:8444",
                    TrustDomain = "localhost",
                };
                return options?.Invoke(o) ?? o;
            },
            time: time ?? new FakeTimeProvider(TimeProvider.System.GetUtcNow())
        );
        return await OpenAsync(service);
    }

    /// <summary>Before a service that runs; from then on the desk's.</summary>
    public static async Task<OperatorDesk> OpenAsync(ServiceUnderTest service)
    {
        var desk = new OperatorDesk(service);
        await File.WriteAllTextAsync(desk.CaFile, service.Get<PlatformCa>().Root.ToPem());
        desk.WriteSecret("admin.key", service.AdminKey);
        return desk;
    }

    public string Path(params string[] parts) => System.IO.Path.Combine([folder, .. parts]);

    public string Write(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path(name))!);
        File.WriteAllText(Path(name), text);
        return Path(name);
    }

    /// <summary>A file that its owner alone may read.</summary>
    public string WriteSecret(string name, string text)
    {
        var path = Write(name, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    /// <summary>
    /// The output of a run with that exit code; the text on standard error is part of the message when the code is wrong.
    /// </summary>
    public async Task<string> RunAsync(int exitCode, params string[] args)
    {
        var (code, output, error) = await TryRunAsync(args);
        code.ShouldBe(exitCode, $"{string.Join(' ', args)}\n{output}\n{error}");
        return code == 0 || output.Length > 0 ? output : error;
    }

    /// <summary>Whatever a run ends with: exit code, standard output, standard error.</summary>
    public async Task<(int ExitCode, string Out, string Error)> TryRunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CulvertCommand.RunAsync(
            args,
            new CliHost
            {
                Variable = Variable,
                Out = output,
                Error = error,
                In = TextReader.Null,
                CanAsk = false,
                OutputWidth = null,
                Time = TimeProvider.System,
                // The service's own program is next to these tests, and is not what they are about.
                ProgramFolder = folder,
            },
            TestContext.Current.CancellationToken
        );
        return (code, output.ToString(), error.ToString());
    }

    public async Task<JsonNode> JsonAsync(params string[] args) =>
        JsonNode.Parse(await RunAsync(0, [.. args, "-o", "json"]))!;

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private string? Variable(string name) =>
        name switch
        {
            "CULVERT_IDENTITY_URL" => $"https://localhost:{Service.ApiUrl.Port}",
            "CULVERT_PLATFORM_CA" => CaFile,
            "CULVERT_ADMIN_KEY_FILE" => Path("admin.key"),
            "XDG_CONFIG_HOME" or "XDG_STATE_HOME" or "HOME" => folder,
            _ => null,
        };
}
