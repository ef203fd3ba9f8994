using Culvert.Stage;
using Culvert.Stage.Processes;

namespace Culvert.EndToEnd.Tests.CertificateFiles;

/// <summary>
/// A real nginx that ends TLS with the files of a folder, on a socket of its own: no port, no default server, nothing
/// outside its prefix.
/// </summary>
internal sealed class NginxServer : IAsyncDisposable
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);

    // A socket's path may have 107 characters, which a checkout's own may exceed.
    private readonly string sockets = Directory.CreateTempSubdirectory("culvert-nginx-").FullName;
    private readonly ProgramProcess process;

    private NginxServer(string program, string prefix)
    {
        Socket = Path.Combine(sockets, "tls");
        Arguments = ["-p", prefix, "-c", Path.Combine(prefix, "nginx.conf"), "-e", Path.Combine(prefix, "error.log")];
        ErrorLog = Path.Combine(prefix, "error.log");
        Program = program;
        process = new ProgramProcess(
            new ProgramCommand("nginx", program, Arguments, new Dictionary<string, string>(), prefix),
            Path.Combine(prefix, "nginx.log"),
            TimeProvider.System
        );
    }

    public string Program { get; }

    public string Socket { get; }

    public string ErrorLog { get; }

    /// <summary>What an operator writes after <c>--exec</c>.</summary>
    public string ReloadCommand => string.Join(' ', [Program, .. Arguments.Select(a => $"'{a}'"), "-s", "reload"]);

    public bool IsListening => File.Exists(Socket);

    private string[] Arguments { get; }

    /// <param name="folder">For its own files.</param>
    /// <param name="certificates">The folder of key and certificate.</param>
    public static NginxServer Create(string folder, string certificates)
    {
        Directory.CreateDirectory(folder);
        var server = new NginxServer(Find(), folder);
        File.WriteAllText(
            Path.Combine(folder, "nginx.conf"),
            $$"""
            {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
            daemon off;
            worker_processes 2;
            pid {{folder}}/nginx.pid;
            events { worker_connections 256; }
            http {
              access_log off;
              client_body_temp_path {{folder}}/body;
              proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi;
              uwsgi_temp_path {{folder}}/uwsgi;
              scgi_temp_path {{folder}}/scgi;
              server {
                listen unix:{{server.Socket}} ssl;
                ssl_certificate {{certificates}}/tls.crt;
                ssl_certificate_key {{certificates}}/tls.key;
                location / { return 200 "served"; }
              }
            }

            """
        );
        return server;
    }

    public void Start() => process.Start();

    public async ValueTask DisposeAsync()
    {
        await process.StopAsync(StopGrace, CancellationToken.None);
        Directory.Delete(sockets, recursive: true);
    }

    // As ./test found or unpacked it.
    private static string Find()
    {
        string[] places =
        [
            "/usr/sbin/nginx",
            "/usr/local/sbin/nginx",
            "/usr/bin/nginx",
            Path.Combine(Checkout.Find().Root, ".run", "nginx", "usr", "sbin", "nginx"),
        ];
        return places.FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("There is no nginx here: ./test unpacks one under .run/nginx.");
    }
}
