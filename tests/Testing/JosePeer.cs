using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Culvert.Testing;

/// <summary>The npm package <c>jose</c> in a node process of its own, asked in JSON lines.</summary>
public sealed class JosePeer : IDisposable
{
    private readonly Process process;

    public JosePeer()
    {
        var peers = CheckoutFolder.GetPath("tests/Peers");
        if (!Directory.Exists(Path.Combine(peers, "node_modules", "jose")))
        {
            throw new InvalidOperationException($"The npm peers are not installed: run ./test, or npm ci in {peers}.");
        }

        process = Process.Start(
            new ProcessStartInfo("node", [Path.Combine(peers, "jose", "verify.mjs")])
            {
                WorkingDirectory = peers,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            }
        )!;
    }

    /// <summary>Its verdicts, in the order of the tokens; null = accepted, else its reason.</summary>
    /// <param name="type">The <c>typ</c> that it requires; null = any.</param>
    public async Task<IReadOnlyList<string?>> JudgeAsync(
        IReadOnlyList<(byte[] Token, byte[] KeySet)> tokens,
        string? type = null
    )
    {
        var answers = await AskAsync([
            .. tokens.Select(one =>
                JsonSerializer.Serialize(
                    new
                    {
                        token = Convert.ToBase64String(one.Token),
                        keySet = Convert.ToBase64String(one.KeySet),
                        typ = type,
                    }
                )
            ),
        ]);
        return
        [
            .. answers.Select(a => a.GetProperty("accepted").GetBoolean() ? null : a.GetProperty("reason").GetString()),
        ];
    }

    /// <summary>Sends all questions and reads all answers.</summary>
    public async Task<IReadOnlyList<JsonElement>> AskAsync(IReadOnlyList<string> questions)
    {
        var answers = new List<JsonElement>();
        var writing = Task.Run(async () =>
        {
            foreach (var question in questions)
            {
                await process.StandardInput.WriteLineAsync(question);
            }

            await process.StandardInput.FlushAsync();
        });
        while (answers.Count < questions.Count)
        {
            var line = await process.StandardOutput.ReadLineAsync();
            using var answer = JsonDocument.Parse(line ?? throw new InvalidOperationException("The peer ended."));
            answers.Add(answer.RootElement.Clone());
        }

        await writing;
        return answers;
    }

    public void Dispose()
    {
        process.StandardInput.Dispose();
        if (!process.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }
}
