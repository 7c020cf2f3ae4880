// There is one cluster, and one fault in it at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
