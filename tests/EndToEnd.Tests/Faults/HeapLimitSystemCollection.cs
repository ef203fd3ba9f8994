using Xunit;

namespace Culvert.EndToEnd.Tests.Faults;

[CollectionDefinition(Name)]
public sealed class HeapLimitSystemCollection : ICollectionFixture<HeapLimitSystem>
{
    public const string Name = "heap limit system";
}
