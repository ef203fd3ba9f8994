using System.Text;
using Culvert.Stage;
using Culvert.Stage.Commands;

namespace Culvert.EndToEnd.Tests.Quickstart;

/// <summary>
/// What the script starts, in this process: for what is not about the script itself, which first looks for prerequisites
/// and builds.
/// </summary>
internal static class QuickstartProgram
{
    /// <param name="stateFolder">Where its state is.</param>
    /// <param name="arguments">As for the script.</param>
    /// <param name="interrupted">Is to the program what Ctrl-C is to the script.</param>
    /// <param name="onOutput">Gets all that was printed so far, each time that there is more.</param>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string stateFolder,
        string[] arguments,
        CancellationToken interrupted,
        Action<string>? onOutput = null
    )
    {
        await using var output = new WatchedWriter(onOutput);
        var checkout = Checkout.Find() with { RunFolder = stateFolder };
        var program = new StageProgram(checkout, output, output, TimeProvider.System);
        var code = await program.RunAsync(arguments, interrupted);
        return (code, output.ToString());
    }

    private sealed class WatchedWriter(Action<string>? onOutput) : TextWriter
    {
        private readonly StringBuilder text = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => Write(value.ToString());

        public override void Write(string? value)
        {
            text.Append(value);
            onOutput?.Invoke(ToString());
        }

        public override void WriteLine(string? value) => Write(value + "\n");

        public override Task WriteAsync(string? value)
        {
            Write(value);
            return Task.CompletedTask;
        }

        public override Task WriteLineAsync(string? value)
        {
            WriteLine(value);
            return Task.CompletedTask;
        }

        public override string ToString() => text.ToString();
    }
}
