using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;
using Culvert.Testing.Dns;

namespace Culvert.EndToEnd.Tests.Ingress;

/// <summary>A system whose edge takes clients both ways, and whose service asks a scripted server about zones.</summary>
public sealed class IngressSystem : RunningSystem
{
    private readonly TestFolder folder;

    public IngressSystem()
        : this(ScriptedDns.Start(), new TestFolder()) { }

    private IngressSystem(ScriptedDns dns, TestFolder folder)
        : base(
            new InstallationOptions
            {
                ExchangesPerSecond = 1000,
                ManualTunnel = false,
                ConnectIngress = true,
                Hostnames =
                    $"{{public_suffix_file: \"{SuffixesIn(folder)}\", resolvers: [\"{dns.EndPoint}\"], "
                    + $"name_server_port: {dns.EndPoint.Port}, private_name_servers: [127.0.0.0/8]}}",
            }
        ) => (Dns, this.folder) = (dns, folder);

    /// <summary>The only server of all zones.</summary>
    internal ScriptedDns Dns { get; }

    protected override async ValueTask ReleaseAsync()
    {
        await Dns.DisposeAsync();
        folder.Dispose();
    }

    private static string SuffixesIn(TestFolder folder)
    {
        var file = Path.Combine(folder.Path, "suffixes.dat");
        File.WriteAllText(file, "example\nlocalhost\n");
        return file;
    }
}
