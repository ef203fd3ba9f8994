using Culvert.Stage;
using Culvert.Stage.Hops;

namespace Culvert.Benchmarks.Servers;

/// <summary>nginx's <c>stream</c> module passing TCP on: a relay that neither encrypts nor multiplexes.</summary>
internal sealed class NginxStream : IAsyncDisposable
{
    private readonly ProgramProcess process;
    private readonly string folder;

    private NginxStream(ProgramProcess process, string folder) => (this.process, this.folder) = (process, folder);

    public static async Task<NginxStream> StartAsync(
        Checkout checkout,
        int listenPort,
        int targetPort,
        CancellationToken cancellationToken
    )
    {
        var folder = Directory.CreateTempSubdirectory("culvert-nginx-").FullName;
        var (program, _) = Unpacked.Find(checkout, "nginx-stream", "nginx");
        var modules = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(program)!, "..", "lib", "nginx", "modules"));
        var configuration = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(
            configuration,
            $$"""
            load_module {{modules}}/ngx_stream_module.so;
            daemon off;
            master_process off;
            pid {{folder}}/nginx.pid;
            error_log {{folder}}/error.log;
            events { worker_connections 4096; }
            stream {
              server {
                listen 127.0.0.1:{{listenPort}};
                proxy_pass 127.0.0.1:{{targetPort}};
              }
            }

            """,
            cancellationToken
        );
        var process = new ProgramProcess(
            new ProgramCommand(
                "bench-nginx",
                program,
                ["-p", folder, "-c", configuration, "-e", Path.Combine(folder, "error.log")],
                new Dictionary<string, string>(),
                folder
            ),
            Path.Combine(folder, "nginx.log"),
            TimeProvider.System
        );
        process.Start();
        await Readiness.UntilListeningAsync(
            process,
            listenPort,
            TimeSpan.FromSeconds(20),
            TimeProvider.System,
            cancellationToken
        );
        return new NginxStream(process, folder);
    }

    public async ValueTask DisposeAsync()
    {
        await process.StopAsync(TimeSpan.FromSeconds(2), CancellationToken.None);
        Directory.Delete(folder, recursive: true);
    }
}
