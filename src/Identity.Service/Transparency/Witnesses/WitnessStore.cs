using Culvert.Identity.Service.Storage;
using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Transparency.Witnesses;

/// <summary>Stores cosignatures of this log's tree heads and the state of the witnesses.</summary>
internal sealed class WitnessStore(Database database, TransparencyOrigin origin)
{
    /// <summary>By the witnesses' keys, without those that were never called.</summary>
    public async ValueTask<IReadOnlyDictionary<string, WitnessState>> StatesAsync(CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<(
            string Witness,
            long Size,
            long? CosignedAt,
            string? Problem,
            long? ProblemAt
        )>(
            "SELECT witness, size, cosigned_at_ms, problem, problem_at_ms FROM transparency_witnesses WHERE origin = @Name",
            new { origin.Name },
            cancellationToken
        );
        return rows.ToDictionary(
            row => row.Witness,
            row => new WitnessState(
                row.Size,
                row.CosignedAt is { } cosigned ? Instants.FromStore(cosigned) : null,
                Enum.TryParse<WitnessProblem>(row.Problem, out var problem) ? problem : null,
                row.ProblemAt is { } failed ? Instants.FromStore(failed) : null
            )
        );
    }

    public IReadOnlyList<Statement> Cosigned(CosignatureKey witness, TreeHead head, Cosignature cosignature)
    {
        var parameters = new
        {
            origin.Name,
            witness = witness.ToString(),
            head.Size,
            line = cosignature.Line.ToString(),
            at = cosignature.At.ToStore(),
        };
        return
        [
            new(
                "INSERT INTO transparency_cosignatures (origin, size, witness, line, signed_at_ms) "
                    + "VALUES (@Name, @Size, @witness, @line, @at) ON CONFLICT (origin, size, witness) DO NOTHING",
                parameters
            ),
            new(
                "INSERT INTO transparency_witnesses (origin, witness, size, cosigned_at_ms) "
                    + "VALUES (@Name, @witness, @Size, @at) ON CONFLICT (origin, witness) DO UPDATE SET "
                    + "size = excluded.size, cosigned_at_ms = excluded.cosigned_at_ms, problem = NULL, problem_at_ms = NULL",
                parameters
            ),
        ];
    }

    /// <summary>Stores a failure with another reason than the last one.</summary>
    public Statement Failed(CosignatureKey witness, WitnessProblem problem, DateTimeOffset now) =>
        new(
            "INSERT INTO transparency_witnesses (origin, witness, size, problem, problem_at_ms) "
                + "VALUES (@Name, @witness, 0, @problem, @now) ON CONFLICT (origin, witness) DO UPDATE SET "
                + "problem = excluded.problem, problem_at_ms = excluded.problem_at_ms",
            new
            {
                origin.Name,
                witness = witness.ToString(),
                problem = problem.ToString(),
                now = now.ToStore(),
            }
        );
}
