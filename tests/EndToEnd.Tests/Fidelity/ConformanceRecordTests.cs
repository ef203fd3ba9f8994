using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Fidelity;

public sealed class ConformanceRecordTests
{
    [Fact]
    public void Record_OfDirectRuns_IsOfTheseServersAndThisSuite() =>
        ConformanceRecord
            .ChangedInputs()
            .ShouldBeEmpty(
                "these files have changed since the direct runs were recorded; record them again as "
                    + "tests/Vectors/conformance/PROVENANCE.md says, and read the difference"
            );
}
