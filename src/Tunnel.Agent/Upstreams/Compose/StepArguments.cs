using System.Buffers;
using System.Text.Json;
using Culvert.Tunnel.Agent.Schemas;
using Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

namespace Culvert.Tunnel.Agent.Upstreams.Compose;

/// <summary>Writes the arguments of a step's call.</summary>
/// <param name="arguments">Those of the composed tool.</param>
/// <param name="claims">Of the caller's verified token, those that are one value.</param>
internal sealed class StepArguments(JsonElement arguments, IReadOnlyDictionary<string, SqlValue> claims)
{
    /// <param name="columns">The names of the values of <paramref name="row"/>.</param>
    /// <param name="row">The row for which the step is called.</param>
    /// <returns>Null with a failure.</returns>
    public ReadOnlyMemory<byte>? Write(
        ComposeStep step,
        IReadOnlyList<string> columns,
        SqlValue[] row,
        out ComposeFailure? failure
    )
    {
        failure = null;
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        foreach (var argument in step.Arguments)
        {
            switch (argument.Source)
            {
                case ArgumentSource.Argument:
                    if (argument.Pointer.Find(arguments, out var given) == PointerResult.Found)
                    {
                        json.WritePropertyName(argument.Name);
                        given.WriteTo(json);
                    }

                    break;
                case ArgumentSource.Claim:
                    if (!claims.TryGetValue(argument.Text, out var claim) || claim.Kind == SqlKind.Null)
                    {
                        failure = new ComposeFailure(ComposeFailure.Claim, step.Name, argument.Text);
                        return null;
                    }

                    json.WritePropertyName(argument.Name);
                    claim.Write(json);
                    break;
                case ArgumentSource.Column:
                    json.WritePropertyName(argument.Name);
                    row[Find(columns, argument.Text)].Write(json);
                    break;
                default:
                    json.WritePropertyName(argument.Name);
                    argument.Value.WriteTo(json);
                    break;
            }
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static int Find(IReadOnlyList<string> columns, string name)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            if (columns[i] == name)
            {
                return i;
            }
        }

        throw new InvalidOperationException($"No column is called {name}.");
    }
}
