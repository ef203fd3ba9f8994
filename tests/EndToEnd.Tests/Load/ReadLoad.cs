using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Culvert.EndToEnd.Tests.HighAvailability;
using Culvert.Stage.Hops;

namespace Culvert.EndToEnd.Tests.Load;

/// <summary>A user's dashboard: lists of the management API, one after the other.</summary>
internal sealed class ReadLoad : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private static readonly string[] Lists =
    [
        "/v1/tunnels",
        "/v1/certificates?limit=100",
        "/v1/authentication_history?limit=100",
        "/v1/audit?limit=100",
        "/v1/organizations/federation_rules",
        "/v1/edges",
    ];

    private readonly HttpClient client;
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentQueue<string> faults = new();
    private readonly Task work;
    private int answers;

    private ReadLoad(HttpClient client)
    {
        this.client = client;
        work = Task.Run(RunAsync);
    }

    /// <summary>How many lists came whole.</summary>
    public int Answers => answers;

    public IReadOnlyCollection<string> Faults => faults;

    public static ReadLoad Start(Installation installation, Exchanger exchanger)
    {
        var client = exchanger.Client(installation.Service.OwnUrl);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            File.ReadAllText(installation.Service.AdminKeyFile).Trim()
        );
        return new ReadLoad(client);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await work;
        stopping.Dispose();
        client.Dispose();
    }

    private async Task RunAsync()
    {
        for (var i = 0; !stopping.IsCancellationRequested; i++)
        {
            var list = Lists[i % Lists.Length];
            try
            {
                using var answer = await client.GetAsync(new Uri(list, UriKind.Relative), CancellationToken.None);
                await answer.Content.ReadAsByteArrayAsync(CancellationToken.None);
                if (answer.IsSuccessStatusCode)
                {
                    answers++;
                }
                else
                {
                    faults.Enqueue($"{list}: {(int)answer.StatusCode}");
                }
            }
            catch (Exception fault)
            {
                // The load outlives every failure: failures are what it counts.
                faults.Enqueue($"{list}: {fault}");
            }

            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
        }
    }
}
