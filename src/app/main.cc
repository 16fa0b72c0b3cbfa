// Starts godwit.
int main() { return 0; }
