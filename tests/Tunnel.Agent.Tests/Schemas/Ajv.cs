using System.Diagnostics;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Schemas;

/// <summary>Ajv, the validator of the MCP SDK for JavaScript, in a process of its own.</summary>
internal static class Ajv
{
    /// <summary>One answer for each line; <c>tests/Peers/json-schema.mjs</c> describes both.</summary>
    public static async Task<string[]> AskAsync(IEnumerable<string> lines)
    {
        var start = new ProcessStartInfo("node", [StdioFixture.Peer("json-schema.mjs")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var token = TestContext.Current.CancellationToken;
        var reading = process.StandardOutput.ReadToEndAsync(token);
        foreach (var line in lines)
        {
            await process.StandardInput.WriteLineAsync(line.AsMemory(), token);
        }

        process.StandardInput.Close();
        var answers = await reading;
        await process.WaitForExitAsync(token);
        return answers.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
